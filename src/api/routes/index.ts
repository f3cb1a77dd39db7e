/** All routes: those that anybody may ask, and those that need a token. */
import { type Access, issuerRoutes } from '../auth/index.ts'
import type { ApiDeps } from '../deps.ts'
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
import { metrics } from './metrics.ts'
import { onboarding } from './onboarding.ts'
import { readings } from './readings.ts'
import { readingsByPod } from './readings-by-pod.ts'

/** Routes without a token. */
export function publicRoutes(app: Api, deps: ApiDeps, access: Access): void {
  issuerRoutes(app, deps, access)
  health(app, deps)
  metrics(app, deps)
}

/** Routes behind a token. */
export const accountRoutes: readonly Route[] = [
  accountsRegister,
  accountsList,
  accountsRead,
  accountsDelete,
  accountsClose,
  onboarding,
  readings,
  readingsByPod,
  accountsExport,
  devices,
  ...insightRoutes,
]
