/** What a batch that fails costs, and whom. */
import { expect, test } from 'vitest'
import { GroupCommit } from './group-commit.ts'

test('a message that can never be written is given up alone: those of its batch are written, one by one', async () => {
  const written: string[][] = []
  const commit = new GroupCommit<string>({
    write: async (batch) => {
      if (batch.includes('refused')) throw new Error('refused')
      written.push([...batch])
    },
    batchMax: 10,
    bytesOf: ({ length }) => length,
    batchBytesMax: 1000,
    onFailure: () => true,
  })
  await Promise.all(['one', 'refused', 'three'].map((message) => commit.add(message)))
  expect(written).toEqual([['one'], ['three']])
})
