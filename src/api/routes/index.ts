/** All routes: those that anybody may ask, and those that need a token. */
import { type Access, issuerRoutes } from '../auth/index.ts'
import type { ApiDeps } from '../deps.ts'
import type { Metrics } from '../metrics.ts'
import type { Api, Route } from '../route.ts'
import { accountsClose } from './accounts-close.ts'
import { accountsDelete } from './accounts-delete.ts'
import { accountsExport } from './accounts-export.ts'
import { accountsList } from './accounts-list.ts'
import { accountsRead } from './accounts-read.ts'
import { accountsRegister } from './accounts-register.ts'
import { devices } from './devices.ts'
import { health } from './health.ts'
import { insightRoutes } from './insights.ts'
import { metricsRoute } from './metrics.ts'
import { onboarding } from './onboarding.ts'
import { readingsRoute } from './readings.ts'
import { readingsByPodRoute } from './readings-by-pod.ts'

/** Routes without a token. */
export function publicRoutes(app: Api, deps: ApiDeps, access: Access, metrics: Metrics): void {
  issuerRoutes(app, deps, access)
  health(app, deps)
  metricsRoute(app, metrics)
}

/** Routes behind a token. */
export function accountRoutes(metrics: Metrics): readonly Route[] {
  return [
    accountsRegister,
    accountsList,
    accountsRead,
    accountsDelete,
    accountsClose,
    onboarding,
    readingsRoute(metrics),
    readingsByPodRoute(metrics),
    accountsExport,
    devices,
    ...insightRoutes,
  ]
}
