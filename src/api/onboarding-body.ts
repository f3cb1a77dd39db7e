/**
 * What a household says of itself, as a body: for the API and for the command line.
 */
import { type Static, Type } from 'typebox'
import { applianceKeys, defaultAppliances } from '../energy/appliances.ts'
import { houseTypes, type Onboarding } from '../energy/household.ts'
import { provinces } from '../energy/provinces.ts'
import { bandAreasM2 } from '../energy/similar-homes.ts'
import { type InputError, invalidInput } from './problems.ts'
import { applianceKey, closed, oneOf } from './schemas.ts'
import { inputErrorsOf, schemaChecker } from './validation.ts'

const areaM2 = (description: string) =>
  Type.Number({ minimum: bandAreasM2[0][0], maximum: bandAreasM2[4][1], description })
const persons = (description: string) => Type.Integer({ minimum: 0, maximum: 50, description })

export const houseProperties = {
  type: Type.Optional(oneOf(houseTypes, { description: 'The kind of house.' })),
  dimesion: Type.Optional(areaM2('Floor area [m²]. The spelling is the one of the API since its beginning.')),
  province: Type.Optional(oneOf([...provinces.keys()], { description: 'The Italian province, two letters.' })),
}

export const residents = closed(
  {
    adults: Type.Optional(persons('Adults.')),
    children: Type.Optional(persons('Children.')),
    elderlies: Type.Optional(persons('Elderly people.')),
  },
  { description: 'Who lives there: one person at least; what is absent counts 0.' },
)

export const quantity = Type.Integer({ minimum: 1, maximum: 20, description: 'How many of them.' })

export const appliances = Type.Array(closed({ appliance: applianceKey, quantity }), {
  maxItems: applianceKeys.length,
  description: `The appliances, no key twice. Absent or empty: ${defaultAppliances.map((key) => `\`${key}\``).join(', ')}. \`smallAppliances\` and \`standby\` are reported always.`,
})

/** The body of onboarding. */
export const onboardingBody = closed(
  {
    house: Type.Optional(
      closed(
        {
          ...houseProperties,
          dimension: Type.Optional(areaM2('The same as `dimesion`; the answer says `dimesion`.')),
        },
        { description: 'The house or flat.' },
      ),
    ),
    residents: Type.Optional(residents),
    appliances: Type.Optional(appliances),
  },
  {
    description: 'Every part is optional; without house and residents there is no comparison with similar homes.',
    examples: [
      {
        house: { type: 'apartment', dimesion: 87, province: 'MI' },
        residents: { adults: 1, children: 1, elderlies: 0 },
        appliances: [{ appliance: 'airConditioner', quantity: 1 }],
      },
    ],
  },
)

/** The onboarding that a body says. @throws {ApiProblem} naming every value that contradicts another */
export function onboardingOf({
  house,
  residents: people,
  appliances: declared,
}: Static<typeof onboardingBody>): Onboarding {
  const errors = [...faultsOfHouse(house), ...faultsOfResidents(people), ...faultsOfAppliances(declared)]
  if (errors.length > 0) throw invalidInput(errors)
  return {
    ...(house === undefined ? {} : { house: withOneSpelling(house) }),
    ...(people === undefined ? {} : { residents: people }),
    ...(declared === undefined ? {} : { appliances: declared }),
  }
}

type Said = Static<typeof onboardingBody>

function withOneSpelling({ dimension, ...house }: NonNullable<Said['house']>): NonNullable<Onboarding['house']> {
  return dimension === undefined ? house : { ...house, dimesion: dimension }
}

function faultsOfHouse(house: Said['house']): InputError[] {
  const { dimension, dimesion } = house ?? {}
  if (dimension === undefined || dimesion === undefined || dimension === dimesion) return []
  const detail = 'differs from dimesion; send one of them'
  return [{ pointer: '/house/dimension', in: 'body', code: 'value_conflicting', detail }]
}

function faultsOfResidents(people: Said['residents']): InputError[] {
  if (people === undefined) return []
  const { adults = 0, children = 0, elderlies = 0 } = people
  if (adults + children + elderlies > 0) return []
  return [{ pointer: '/residents', in: 'body', code: 'value_out_of_range', detail: 'has at least one person' }]
}

function faultsOfAppliances(declared: Said['appliances'] = []): InputError[] {
  const first = new Map(declared.map((one, index) => [one.appliance, index] as const).reverse())
  return declared.flatMap(({ appliance }, index) =>
    first.get(appliance) === index
      ? []
      : [
          {
            pointer: `/appliances/${index}/appliance`,
            in: 'body',
            code: 'value_repeated',
            detail: `${appliance} stands twice`,
          },
        ],
  )
}

/** The onboarding that a JSON value says. @throws {ApiProblem} `input_invalid`, naming every fault */
export function parseOnboarding(value: unknown): Onboarding {
  const check = schemaChecker().compile(onboardingBody)
  if (!check(value)) throw invalidInput(inputErrorsOf(check.errors ?? [], 'body'))
  return onboardingOf(value as Said)
}
