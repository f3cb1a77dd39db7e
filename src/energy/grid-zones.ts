/**
 * The grid zones of Italy, their names at the sources, and the zone a province lies in.
 *
 * Zones since 1 January 2021 (ARERA 103/2019/R/eel, Terna grid code annex A24): Umbria belongs to CSUD, Calabria is a
 * zone of its own. EIC codes: ENTSO-E area codes as in entsoe-py `mappings.py`.
 */
import type { GridZone } from './grid-hours.ts'
import { provinces } from './provinces.ts'

export interface GridZoneFacts {
  readonly zone: GridZone
  readonly name: string
  /** ENTSO-E's code of the area. */
  readonly eic: string
  /** Terna's name; it has no figures of a zone without one. */
  readonly terna: string
  /** Electricity Maps' name; it counts Calabria to the South. */
  readonly electricityMaps: string
  /** A point in its middle, for the height of the sun [degrees]. */
  readonly latitude: number
  readonly longitude: number
}

const table: readonly (readonly [GridZone, string, string, string, string, number, number])[] = [
  ['IT', 'Italy', '10YIT-GRTN-----B', 'Italy', 'IT', 42.5, 12.5],
  ['NORD', 'North', '10Y1001A1001A73I', 'North', 'IT-NO', 45.3, 10],
  ['CNOR', 'Centre-North', '10Y1001A1001A70O', 'Centre-North', 'IT-CNO', 43.5, 11.9],
  ['CSUD', 'Centre-South', '10Y1001A1001A71M', 'Centre-South', 'IT-CSO', 41.8, 13.5],
  ['SUD', 'South', '10Y1001A1001A788', 'South', 'IT-SO', 41, 16.2],
  ['CALA', 'Calabria', '10Y1001C--00096J', 'Calabria', 'IT-SO', 39, 16.5],
  ['SICI', 'Sicily', '10Y1001A1001A75E', 'Sicily', 'IT-SIC', 37.5, 14.2],
  ['SARD', 'Sardinia', '10Y1001A1001A74G', 'Sardinia', 'IT-SAR', 40.1, 9],
]

/** By zone, Italy first. */
export const gridZones: ReadonlyMap<GridZone, GridZoneFacts> = new Map(
  table.map(([zone, name, eic, terna, electricityMaps, latitude, longitude]) => [
    zone,
    { zone, name, eic, terna, electricityMaps, latitude, longitude },
  ]),
)

const zoneOfRegion: Readonly<Record<string, GridZone>> = {
  "Valle d'Aosta": 'NORD',
  Piemonte: 'NORD',
  Liguria: 'NORD',
  Lombardia: 'NORD',
  'Trentino-Alto Adige': 'NORD',
  Veneto: 'NORD',
  'Friuli-Venezia Giulia': 'NORD',
  'Emilia-Romagna': 'NORD',
  Toscana: 'CNOR',
  Marche: 'CNOR',
  Umbria: 'CSUD',
  Lazio: 'CSUD',
  Abruzzo: 'CSUD',
  Campania: 'CSUD',
  Molise: 'SUD',
  Puglia: 'SUD',
  Basilicata: 'SUD',
  Calabria: 'CALA',
  Sicilia: 'SICI',
  Sardegna: 'SARD',
}

/** The bidding zone that a province (two-letter code) lies in; `undefined` for no province of Italy. */
export function zoneOfProvince(code: string | undefined): GridZone | undefined {
  const region = code === undefined ? undefined : provinces.get(code)?.region
  return region === undefined ? undefined : zoneOfRegion[region]
}
