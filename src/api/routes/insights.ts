/** The routes that answer a household's questions. */
import type { Route } from '../route.ts'
import { applianceGreenness } from './appliance-greenness.ts'
import { compound } from './compound.ts'
import { consumption } from './consumption.ts'
import { distribution } from './distribution.ts'
import { greenness } from './greenness.ts'
import { habits } from './habits.ts'
import { latest } from './latest.ts'
import { performance } from './performance.ts'
import { realtime } from './realtime.ts'
import { saving } from './saving.ts'
import { trend } from './trend.ts'
import { usages } from './usages.ts'
import { yearlyDistribution } from './yearly-distribution.ts'

export const insightRoutes: readonly Route[] = [
  consumption,
  distribution,
  realtime,
  latest,
  performance,
  habits,
  trend,
  yearlyDistribution,
  compound,
  usages,
  saving,
  greenness,
  applianceGreenness,
]
