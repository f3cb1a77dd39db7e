/** Finds the devices that a topic belongs to: by exact topic, or by a filter `root/#`. */
export interface TopicIndex<D> {
  /** The devices whose messages come under the topic. */
  of(topic: string): readonly D[]
  add(device: D, filters: readonly string[]): void
  /** Takes out a device that was added with these filters. */
  remove(device: D, filters: readonly string[]): void
}

/** Topics remembered with their devices; brokers carry many that are nobody's. */
const rememberedMax = 100_000

const none: readonly never[] = []

/** An index over devices and their filters. */
export function topicIndex<D>(devices: Iterable<readonly [device: D, filters: readonly string[]]>): TopicIndex<D> {
  const exact = new Map<string, D[]>()
  const under = new Map<string, D[]>()
  const remembered = new Map<string, readonly D[]>()
  const placeOf = (filter: string) => (filter.endsWith('/#') ? under : exact)
  const add = (device: D, filters: readonly string[]) => {
    remembered.clear()
    for (const filter of filters)
      placeOf(filter)
        .getOrInsertComputed(rootOfFilter(filter), () => [])
        .push(device)
  }
  const remove = (device: D, filters: readonly string[]) => {
    remembered.clear()
    for (const filter of filters) {
      const [place, root] = [placeOf(filter), rootOfFilter(filter)]
      const others = (place.get(root) ?? none).filter((one) => one !== device)
      if (others.length > 0) place.set(root, others)
      else place.delete(root)
    }
  }
  for (const [device, filters] of devices) add(device, filters)
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
    add,
    remove,
  }
}

/** The topic of a filter, or the root of its subtree. */
export function rootOfFilter(filter: string): string {
  return filter.endsWith('/#') ? filter.slice(0, -2) : filter
}
