/** The sources that the settings name, with their keys. */
import type { GridZone } from '../energy/grid-hours.ts'
import { gridZones } from '../energy/grid-zones.ts'
import { electricityMaps, energyCharts, entsoe, type GridAdapter, terna } from '../ingest/grid/index.ts'

/** What the settings say of the grid's sources. */
export interface GridSettings {
  readonly adapters: readonly GridAdapter[]
  readonly zones: readonly GridZone[]
}

/** Reads a setting: its text, or an http address without a trailing slash; `undefined` where it is not set. */
interface SettingsReader {
  text(name: string): string | undefined
  url(name: string): string | undefined
  refuse(message: string): never
}

const sourceNames = ['entsoe', 'energy-charts', 'terna', 'electricity-maps'] as const

/** Reads `LOADLENS_GRID_SOURCES`, `LOADLENS_GRID_ZONES` and what the sources named need. */
export function gridSettingsOf(read: SettingsReader): GridSettings {
  const zones = listOf(read.text('LOADLENS_GRID_ZONES') ?? 'IT').map((zone) => zone.toUpperCase())
  const unknown = zones.find((zone) => !gridZones.has(zone))
  if (unknown !== undefined)
    read.refuse(`LOADLENS_GRID_ZONES takes some of ${[...gridZones.keys()].join(', ')}, not "${unknown}".`)
  const names = listOf(read.text('LOADLENS_GRID_SOURCES') ?? '')
  const adapters = [...new Set(names)].map((name) => adapterOf(name, read))
  const idle = adapters.find((adapter) => !adapter.zones.some((zone) => zones.includes(zone)))
  if (idle !== undefined)
    read.refuse(
      `The source ${idle.source} has ${idle.zones.join(', ')} alone, and LOADLENS_GRID_ZONES names ${zones.join(', ')}.`,
    )
  return { zones, adapters }
}

function adapterOf(name: string, read: SettingsReader): GridAdapter {
  const key = (setting: string) => read.text(setting) ?? read.refuse(`The source ${name} needs ${setting}.`)
  if (name === 'entsoe') return entsoe(key('LOADLENS_ENTSOE_TOKEN'), read.url('LOADLENS_ENTSOE_URL'))
  if (name === 'energy-charts') return energyCharts(read.url('LOADLENS_ENERGY_CHARTS_URL'))
  if (name === 'electricity-maps')
    return electricityMaps(key('LOADLENS_ELECTRICITY_MAPS_TOKEN'), read.url('LOADLENS_ELECTRICITY_MAPS_URL'))
  if (name === 'terna') {
    const access = { clientId: key('LOADLENS_TERNA_CLIENT_ID'), clientSecret: key('LOADLENS_TERNA_CLIENT_SECRET') }
    return terna(access, read.url('LOADLENS_TERNA_URL'))
  }
  return read.refuse(`LOADLENS_GRID_SOURCES takes some of ${sourceNames.join(', ')}, not "${name}".`)
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
