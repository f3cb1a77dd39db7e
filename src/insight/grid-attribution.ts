/** Whose figures an answer is made of, as their licences want it said. */
import { type GridHour, type GridSource, gridSources } from '../energy/grid-hours.ts'

/** A source that is due attribution. */
export interface Attribution {
  readonly source: string
  readonly licence: string
  readonly url: string
}

const attributions: Readonly<Record<GridSource, Attribution>> = {
  entsoe: {
    source: 'ENTSO-E Transparency Platform',
    licence: 'Re-use with attribution',
    url: 'https://transparency.entsoe.eu',
  },
  'energy-charts': {
    source: 'Energy-Charts, Fraunhofer ISE',
    licence: 'CC BY 4.0',
    url: 'https://www.energy-charts.info',
  },
  file: {
    source: 'Files that the operator imported',
    licence: 'As stated with each file',
    url: 'urn:loadlens:grid-file',
  },
  'electricity-maps': {
    source: 'Electricity Maps',
    licence: "Terms of the operator's contract",
    url: 'https://www.electricitymaps.com',
  },
  terna: {
    source: 'Terna S.p.A.',
    licence: 'Terms of the Terna developer portal',
    url: 'https://developer.terna.it',
  },
}

/** Every source behind some hours. */
export function attributionsOf(hours: readonly GridHour[]): Attribution[] {
  const used = new Set(hours.flatMap(({ restsOn }) => restsOn))
  return gridSources.filter((source) => used.has(source)).map((source) => attributions[source])
}
