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
/** The longest topic remembered: as long as one that a device can be registered with. Longer ones are rare, and looked up each time. */
const rememberedLengthMax = 256

const none: readonly never[] = []

/** An index over devices and their filters. */
export function topicIndex<D>(devices: Iterable<readonly [device: D, filters: readonly string[]]>): TopicIndex<D> {
  const exact = new Map<string, D[]>()
  const under = new Map<string, D[]>()
  const remembered = new Map<string, readonly D[]>()
  let rootLengthMax = 0
  const placeOf = (filter: string) => (filter.endsWith('/#') ? under : exact)
  const add = (device: D, filters: readonly string[]) => {
    remembered.clear()
    for (const filter of filters) {
      const root = rootOfFilter(filter)
      rootLengthMax = Math.max(rootLengthMax, root.length)
      placeOf(filter)
        .getOrInsertComputed(root, () => [])
        .push(device)
    }
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
    // A topic may have tens of thousands of levels: those beyond the longest root are nobody's.
    const from = topic.length <= rootLengthMax ? topic.length : topic.lastIndexOf('/', rootLengthMax)
    for (let end = from; end > 0; end = topic.lastIndexOf('/', end - 1)) {
      for (const device of under.get(topic.slice(0, end)) ?? none) devicesOf.add(device)
    }
    return [...devicesOf]
  }
  return {
    of: (topic) => {
      if (topic.length > rememberedLengthMax) return found(topic)
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
