/** Finds the devices that a topic belongs to: by exact topic, or by a filter `root/#`. */
export interface TopicIndex<D> {
  /** The devices whose messages come under the topic. */
  of(topic: string): readonly D[]
}

/** Topics remembered with their devices; brokers carry many that are nobody's. */
const rememberedMax = 100_000

const none: readonly never[] = []

/** An index over devices and their filters. */
export function topicIndex<D>(devices: Iterable<readonly [device: D, filters: readonly string[]]>): TopicIndex<D> {
  const exact = new Map<string, D[]>()
  const under = new Map<string, D[]>()
  for (const [device, filters] of devices) {
    for (const filter of filters) {
      const isTree = filter.endsWith('/#')
      const place = isTree ? under : exact
      place.getOrInsertComputed(rootOfFilter(filter), () => []).push(device)
    }
  }
  const remembered = new Map<string, readonly D[]>()
  const found = (topic: string): readonly D[] => {
    const devicesOf = new Set<D>(exact.get(topic))
    for (let end = topic.length; end > 0; end = topic.lastIndexOf('/', end - 1)) {
      for (const device of under.get(topic.slice(0, end)) ?? none) devicesOf.add(device)
    }
    return [...devicesOf]
  }
  return {
    of: (topic) => {
      const known = remembered.get(topic)
      if (known !== undefined) return known
      const devicesOf = found(topic)
      if (remembered.size >= rememberedMax) remembered.clear()
      remembered.set(topic, devicesOf)
      return devicesOf
    },
  }
}

/** The topic of a filter, or the root of its subtree. */
export function rootOfFilter(filter: string): string {
  return filter.endsWith('/#') ? filter.slice(0, -2) : filter
}
