import { describe, expect, it } from 'vitest'
import { compile, evaluate, valueAndGrad } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import { mismatch, referenceEngine, referenceTolerance } from '../support/reference.ts'
import type { GanCase, GanReference } from '../support/referenceGan.ts'
import { readGan, termOf } from '../support/referenceGan.ts'

const file = readGan()

const precisions = (referenceEngine === 'reference' ? (['float64', 'float32'] as const) : (['float32'] as const)).map(
  (precision) => [precision, referenceTolerance[precision]] as const
)

type Result = [Tensor, readonly [readonly Tensor[], readonly Tensor[]]]

const run = async (of: GanReference, item: GanCase, precision: 'float64' | 'float32'): Promise<Result> => {
  const f = (g: readonly Tensor[], d: readonly Tensor[]): Result =>
    valueAndGrad(termOf(of, item), { argnums: [0, 1] })(g, d)
  return referenceEngine === 'reference'
    ? evaluate(f, { precision })(of.generator, of.discriminator)
    : compile(f, { engine: referenceEngine as 'reference' })(of.generator, of.discriminator)
}

const problems = async (
  of: GanReference,
  item: GanCase,
  precision: 'float64' | 'float32',
  tolerance: number
): Promise<readonly string[]> => {
  const [value, [generator, discriminator]] = await run(of, item, precision)
  const off = errorAgainst(value.data, [item.value])
  return [
    ...(off <= tolerance ? [] : [`value: off by ${String(off)}`]),
    ...generator.flatMap((g, i) => mismatch(`gradGenerator[${String(i)}]`, g, item.gradGenerator[i]!, tolerance)),
    ...discriminator.flatMap((g, i) =>
      mismatch(`gradDiscriminator[${String(i)}]`, g, item.gradDiscriminator[i]!, tolerance)
    )
  ]
}

describe.each(precisions)(`GAN terms on ${referenceEngine} in %s`, (precision, tolerance) => {
  it.each(file.cases.map((item) => [item.name, item] as const))('%s', async (_, item) => {
    expect(await problems(file, item, precision, tolerance)).toEqual([])
  })
  it('counts its cases', () => {
    process.stdout.write(`gan terms in ${precision} on ${referenceEngine}: ${String(file.cases.length)}\n`)
    expect(file.cases.length).toBeGreaterThan(0)
  })
})

it('notices one number that differs', async () => {
  const item = file.cases[0]!
  const changed = { ...item, value: item.value + 1e-3 }
  expect(await problems(file, changed, 'float32', referenceTolerance.float32)).not.toEqual([])
})
