/** Days that another method told apart are found by its name alone (`loadlens reanalyse`): new networks need a new name. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { heads } from '../../src/disaggregate/heads.ts'
import { model } from '../../src/disaggregate/index.ts'

/** What the method of each name ships with. Where the files change, add a line with a new name: the present one is checked, those before say which names are taken. */
const networksOf: Readonly<Record<string, readonly [minute: string, quarter: string, sparse?: string]>> = {
  'unet-5': [
    'b4154a39c93bd4a31ae988c29cde43c8fe2e78748c5e5791093e97c240f9dc5d',
    '61c78f520eb148f0d30eb33b10bb79393a4036b10a20dc24f3fa41336a14f2d8',
  ],
  'unet-6': [
    '3586bbccf36689d81e6eee63d139adf55f42d6ce38e29e7da1664256fe884105',
    '61c78f520eb148f0d30eb33b10bb79393a4036b10a20dc24f3fa41336a14f2d8',
  ],
  'unet-7': [
    'e311cb360668eeb56d094ae03a4a69116bf18b4246821a2a4178230087cc83b3',
    '61c78f520eb148f0d30eb33b10bb79393a4036b10a20dc24f3fa41336a14f2d8',
  ],
  'unet-8': [
    '67da1747fe9b4bc2031ccc635365b2d9c1b7312cf0da1abc0b05f8ec2ce24b6e',
    '61c78f520eb148f0d30eb33b10bb79393a4036b10a20dc24f3fa41336a14f2d8',
  ],
  // The same networks; standby and coarse minutes are told otherwise.
  'unet-9': [
    '67da1747fe9b4bc2031ccc635365b2d9c1b7312cf0da1abc0b05f8ec2ce24b6e',
    '61c78f520eb148f0d30eb33b10bb79393a4036b10a20dc24f3fa41336a14f2d8',
  ],
  // The same networks; the power of compressors is told otherwise. unet-10 was another pair, and is none any more.
  'unet-11': [
    '67da1747fe9b4bc2031ccc635365b2d9c1b7312cf0da1abc0b05f8ec2ce24b6e',
    '61c78f520eb148f0d30eb33b10bb79393a4036b10a20dc24f3fa41336a14f2d8',
  ],
  'unet-12': [
    '7a2f9790374a2212025441e6ec0e856d904bae98c7f28f1c25af2a513bdd99bf',
    '61c78f520eb148f0d30eb33b10bb79393a4036b10a20dc24f3fa41336a14f2d8',
  ],
  // The same networks; a heater's cycles are no compressor's any more.
  'unet-13': [
    '7a2f9790374a2212025441e6ec0e856d904bae98c7f28f1c25af2a513bdd99bf',
    '61c78f520eb148f0d30eb33b10bb79393a4036b10a20dc24f3fa41336a14f2d8',
  ],
  // The same networks; the likeliest cycles of a compressor stand however few of them were seen.
  'unet-14': [
    '7a2f9790374a2212025441e6ec0e856d904bae98c7f28f1c25af2a513bdd99bf',
    '61c78f520eb148f0d30eb33b10bb79393a4036b10a20dc24f3fa41336a14f2d8',
  ],
  'unet-15': [
    '93c86cbe7f1fef7182cf1e0e19391d2c0f9e724e491066ff166956882efda6b3',
    '61c78f520eb148f0d30eb33b10bb79393a4036b10a20dc24f3fa41336a14f2d8',
  ],
  // Confidence is told otherwise too. unet-16 was another pair, and is none any more.
  'unet-17': [
    '0fa4f683abb65db07a9dbc085c963a24015e6084085a85409327db2665053ff7',
    '61c78f520eb148f0d30eb33b10bb79393a4036b10a20dc24f3fa41336a14f2d8',
  ],
  // The same networks; a load that switches for hours is taken out of what they see.
  'unet-18': [
    '0fa4f683abb65db07a9dbc085c963a24015e6084085a85409327db2665053ff7',
    '61c78f520eb148f0d30eb33b10bb79393a4036b10a20dc24f3fa41336a14f2d8',
  ],
  // Networks for power that is sent on large changes beside the same ones; confidence is told otherwise.
  'unet-19': [
    '0fa4f683abb65db07a9dbc085c963a24015e6084085a85409327db2665053ff7',
    '61c78f520eb148f0d30eb33b10bb79393a4036b10a20dc24f3fa41336a14f2d8',
    'e949732d92d40678f00ab0919e5c15715b56ed7da73cbdc5d362be1443a01f5e',
  ],
}

test('the method has a new name when its networks change', () => {
  const shipped = ['minute.onnx', 'quarter.onnx', 'sparse.onnx'].map((name) =>
    createHash('sha256')
      .update(readFileSync(new URL(`../../data/models/${name}`, import.meta.url)))
      .digest('hex'),
  )
  expect(shipped, `networks of ${model}`).toEqual(networksOf[model])
})

test('its networks speak of appliances in the order in which they are read', () => {
  // As `training/export.py` writes them into the file.
  const written = JSON.stringify(heads).replaceAll(',', ', ')
  for (const folder of ['data/models', 'test/quality/half'])
    for (const name of ['minute.onnx', 'quarter.onnx', 'sparse.onnx'])
      expect(readFileSync(new URL(`../../${folder}/${name}`, import.meta.url)).includes(written)).toBe(true)
})
