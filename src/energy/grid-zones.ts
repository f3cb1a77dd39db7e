/**
 * The grid zones of Italy, their names at the sources, and the zone a province lies in.
 *
 * Zones since 1 January 2021 (ARERA 103/2019/R/eel, Terna grid code annex A24): Umbria went from CNOR to CSUD, Calabria
 * became a zone of its own (said in words at https://www.gruppocura.it/nuova-suddivisione-zone-del-mercato-elettrico.html
 * and https://lightbox.terna.it/it/insight/riorganizzazione-zone-mercato-elettrico). EIC codes: ENTSO-E area codes as in entsoe-py `mappings.py`.
 */
import type { GridZone } from './grid-hours.ts'
import { provinces } from './provinces.ts'
import type { Place } from './sun.ts'

/** A zone; its place is a point in its middle. */
export interface GridZoneFacts extends Place {
  readonly zone: GridZone
  /** ENTSO-E's code of the area. */
  readonly eic: string
  /** Electricity Maps' name; it counts Calabria to the South. */
  readonly electricityMaps: string
}

const table: readonly (readonly [GridZone, string, string, number, number])[] = [
  ['IT', '10YIT-GRTN-----B', 'IT', 42.5, 12.5],
  ['NORD', '10Y1001A1001A73I', 'IT-NO', 45.3, 10],
  ['CNOR', '10Y1001A1001A70O', 'IT-CNO', 43.5, 11.9],
  ['CSUD', '10Y1001A1001A71M', 'IT-CSO', 41.8, 13.5],
  ['SUD', '10Y1001A1001A788', 'IT-SO', 41, 16.2],
  ['CALA', '10Y1001C--00096J', 'IT-SO', 39, 16.5],
  ['SICI', '10Y1001A1001A75E', 'IT-SIC', 37.5, 14.2],
  ['SARD', '10Y1001A1001A74G', 'IT-SAR', 40.1, 9],
]

/** By zone, Italy first. */
export const gridZones: ReadonlyMap<GridZone, GridZoneFacts> = new Map(
  table.map(([zone, eic, electricityMaps, latitude, longitude]) => [
    zone,
    { zone, eic, electricityMaps, latitude, longitude },
  ]),
)

/** A point in the middle of a zone. @throws {RangeError} for a name that is none */
export function placeOf(zone: GridZone): Place {
  const facts = gridZones.get(zone)
  if (facts === undefined) throw new RangeError(`${zone} is no zone of the grid.`)
  return facts
}

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
