import { describe, expect, it } from 'vitest'
import type { EngineName } from '../../src/engines/select.ts'
import { mul, sum } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { compile } from '../../src/transform/compile.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { grad } from '../../src/transform/grad.ts'
import {
  mismatch,
  ownReferenceFolder,
  readReference,
  referenceEngine,
  referenceFolder,
  referenceTolerance
} from '../support/reference.ts'
import type { LayerCase } from '../support/referenceLayers.ts'
import { readLayers } from '../support/referenceLayers.ts'

type Tensors = Readonly<Record<string, Tensor>>

/** Output, next state, and the gradients of sum(cotangent output) in inputs and parameters. */
const all =
  ({ run, cotangent }: LayerCase) =>
  (inputs: Tensors, params: Tensors) => {
    const pulled = (x: Tensors, p: Tensors): Tensor => sum(mul(cotangent, run(x, p)[0]))
    const [output, nextState] = run(inputs, params)
    const [gradInputs, gradParams] = grad(pulled, { argnums: [0, 1] })(inputs, params) as unknown as [Tensors, Tensors]
    return { output, nextState, gradInputs, gradParams }
  }

const problemsOf = (
  one: LayerCase,
  actual: ReturnType<ReturnType<typeof all>>,
  tolerance: number
): readonly string[] => [
  ...mismatch(`${one.where}.output`, actual.output, one.output, tolerance),
  ...(['nextState', 'gradInputs', 'gradParams'] as const).flatMap((field) => {
    const [found, expected] = [actual[field], one[field]]
    const missing = Object.keys(expected).filter((key) => !(key in found))
    return [
      ...missing.map((key) => `${one.where}.${field}.${key}: missing`),
      ...Object.keys(expected).flatMap((key) =>
        key in found ? mismatch(`${one.where}.${field}.${key}`, found[key]!, expected[key]!, tolerance) : []
      )
    ]
  })
]

const cases = readLayers('layers.json', readReference('layers.json'))
const precisions = referenceEngine === 'reference' ? (['float64', 'float32'] as const) : (['float32'] as const)

describe.each(precisions)(`layers against ${referenceFolder} on ${referenceEngine} in %s`, (precision) => {
  it.each(cases.map((one) => [`${one.name} ${one.where}`, one] as const))('%s', async (_, one) => {
    const f = all(one)
    const actual =
      referenceEngine === 'reference'
        ? evaluate(f, { precision })(one.inputs, one.params)
        : await compile(f, { engine: referenceEngine as EngineName })(one.inputs, one.params)
    expect(problemsOf(one, actual, referenceTolerance[precision])).toEqual([])
  })
})

describe('the check itself', () => {
  const contents = readReference('layers.json', ownReferenceFolder) as { readonly cases: readonly object[] }
  const own = readLayers('layers.json', contents)
  const names = [...new Set(own.map(({ name }) => name))]
  const problemsAfter = (change: (one: Record<string, any>) => void, name: string): readonly string[] => {
    const copy = structuredClone(contents.cases.find((_, i) => own[i]!.name === name)) as Record<string, any>
    change(copy)
    const [one] = readLayers('changed', { cases: [copy] })
    return problemsOf(one!, evaluate(all(one!), { precision: 'float64' })(one!.inputs, one!.params), 1e-9)
  }
  it.each(names)('sees one number changed: %s', (name) => {
    const nudge = (x: { readonly data: number[] }): void => {
      x.data[0]! += 1e-6
    }
    expect(problemsAfter((one) => nudge(one['output'] as { data: number[] }), name)).toHaveLength(1)
    const [key] = Object.keys(own.find((one) => one.name === name)!.gradInputs)
    expect(
      problemsAfter((one) => nudge((one['gradInputs'] as Record<string, { data: number[] }>)[key!]!), name)
    ).toHaveLength(1)
  })
  it('refuses what it cannot read', () => {
    expect(() => readLayers('changed', { cases: [{ name: 'constructor' }] })).toThrow('an unknown layer constructor')
    expect(() => readLayers('changed', {})).toThrow('no list')
  })
})
