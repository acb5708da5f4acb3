/** The penalties of zoo.json that look at a generator's Jacobian: each by its pure core, with its gradient. */
import { describe, expect, it } from 'vitest'
import type { EngineName } from '../../src/engines/select.ts'
import { Reg, mean, mul, reduceMax, tanh, valueAndGrad } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import { compile } from '../../src/transform/compile.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import type { Fields } from '../support/reference.ts'
import {
  fieldsAt,
  listAt,
  mismatch,
  numberAt,
  readReference,
  referenceEngine,
  referenceFolder,
  referenceTolerance,
  tensorAt,
  tensorsAt,
  unreadable
} from '../support/reference.ts'
import { mlp } from '../support/referenceGan.ts'

type Penalty = (G: (z: Tensor) => Tensor, inputs: Readonly<Record<string, Tensor>>, attrs: Fields) => Tensor

const attr = (attrs: Fields, name: string): number => numberAt(name, attrs[name])

const penalties: Readonly<Record<string, Penalty>> = {
  logCondition: (G, { z }, attrs) => mul(attr(attrs, 'weight'), mean(Reg.logConditions(G, z!))),
  logDeterminant: (G, { z }, attrs) => mul(attr(attrs, 'weight'), mean(Reg.logDeterminants(G, z!))),
  jacobianClampExtremal: (G, { z }, attrs) => Reg.extremalClampPenalty(G, z!, attr(attrs, 'min'), attr(attrs, 'max')),
  orthogonalJacobian: (G, { z, rademacher }, attrs) =>
    mul(
      attr(attrs, 'weight'),
      mean(attrs['mode'] === 'exact' ? Reg.offDiagonals(G, z!) : Reg.stretchVariances(G, z!, rademacher!))
    ),
  hessianPenalty: (G, { z, rademacher }, attrs) => {
    const each = Reg.curvatureVariances(G, z!, rademacher!)
    return mul(
      attr(attrs, 'weight'),
      mean(attrs['reduction'] === 'max' ? reduceMax(each, { axes: [1] }) : mean(each, { axes: [1] }))
    )
  }
}

interface Case {
  readonly where: string
  readonly name: string
  readonly generator: readonly Tensor[]
  readonly value: number
  readonly gradient: readonly Tensor[]
  readonly term: (generator: readonly Tensor[]) => Tensor
}

const file = fieldsAt('zoo.json', readReference('zoo.json'))
const networks = fieldsAt('networks', file['networks'])

const readCase = (item: unknown, i: number): readonly Case[] => {
  const where = `zoo.json.cases[${String(i)}]`
  const fields = fieldsAt(where, item)
  const name = String(fields['name'])
  if (!Object.hasOwn(penalties, name)) return []
  const player = String(fieldsAt(`${where}.networks`, fields['networks'])['generator'])
  const generator = listAt(player, networks[player]).map((one, j) => tensorAt(`${player}[${String(j)}]`, one))
  const inputs = Object.fromEntries(
    Object.entries(fieldsAt(`${where}.inputs`, fields['inputs'])).map(([key, x]) => [
      key,
      tensorAt(`${where}.${key}`, x)
    ])
  )
  const attrs = fieldsAt(`${where}.attrs`, fields['attrs'])
  return [
    {
      where,
      name,
      generator,
      value: numberAt(`${where}.value`, fields['value']),
      gradient: tensorsAt(`${where}.gradGenerator`, fields['gradGenerator'], generator),
      term: (params) => penalties[name]!(mlp(params, tanh), inputs, attrs)
    }
  ]
}

const cases = listAt('zoo.json.cases', file['cases']).flatMap(readCase)
if (new Set(cases.map(({ name }) => name)).size < Object.keys(penalties).length) unreadable('zoo.json', 'a penalty is missing') // prettier-ignore

const problemsOf = async (one: Case, precision: 'float64' | 'float32'): Promise<readonly string[]> => {
  const f = valueAndGrad((params: readonly Tensor[]) => one.term(params))
  const [value, gradient] =
    referenceEngine === 'reference'
      ? evaluate(f, { precision })(one.generator)
      : await compile(f, { engine: referenceEngine as EngineName })(one.generator)
  const tolerance = referenceTolerance[precision]
  const off = errorAgainst(value.data, [one.value])
  return [
    ...(off <= tolerance ? [] : [`${one.where}.value: off by ${String(off)}`]),
    ...gradient.flatMap((g, i) => mismatch(`${one.where}.gradGenerator[${String(i)}]`, g, one.gradient[i]!, tolerance))
  ]
}

const precisions = referenceEngine === 'reference' ? (['float64', 'float32'] as const) : (['float32'] as const)
describe.each(precisions)(
  `penalties of Jacobians against ${referenceFolder} on ${referenceEngine} in %s`,
  (precision) => {
    it.each(cases.map((one) => [`${one.name} ${one.where}`, one] as const))('%s', async (_, one) => {
      expect(await problemsOf(one, precision)).toEqual([])
    })
  }
)

it('notices one number that differs', async () => {
  const one = cases[0]!
  expect(await problemsOf({ ...one, value: one.value + 1e-3 }, 'float32')).toHaveLength(1)
})
