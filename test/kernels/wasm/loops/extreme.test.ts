import { describe, expect, it } from 'vitest'
import { binary, compare, literal, load, axis, select } from '../../../../src/nest/expression.ts'
import type { Scalar } from '../../../../src/nest/expression.ts'
import type { CompareName } from '../../../../src/nest/functions.ts'
import { interpret } from '../../../../src/nest/interpret.ts'
import { planLoops } from '../../../../kernels/wasm/loops/index.ts'
import { runLoops } from '../support/runLoops.ts'

const special = [0, -0, NaN, Infinity, -Infinity, 1, -1, 2.5, -2.5, 0.2, 1.4e-45, -1.4e-45, 1.2e-38, 3e38, -3e38]
const pairs = special.flatMap((x) => special.map((y) => [x, y] as const))
const n = pairs.length
const operands = [0, 1].map((side) => ({ data: Float32Array.from(pairs, (pair) => pair[side]!), shape: [n] }))
const [x, y] = [0, 1].map((operand) => load(operand, [axis(0)], 'float32')) as [Scalar, Scalar]

const names: readonly CompareName[] = ['eq', 'ne', 'lt', 'le', 'gt', 'ge']
const zero = literal(0)

/** Selects by a comparison, and whether one instruction is expected to do it. */
const selects: readonly (readonly [string, Scalar, boolean])[] = [
  ...names.flatMap((name) => [
    [`x ${name} y ? x : y`, select(compare(name, x, y), x, y), name === 'lt' || name === 'gt'] as const,
    [`x ${name} y ? y : x`, select(compare(name, x, y), y, x), name === 'lt' || name === 'gt'] as const,
    [`x ${name} 0 ? 0 : x`, select(compare(name, x, zero), zero, x), ['lt', 'gt', 'le'].includes(name)] as const,
    [`x ${name} -0 ? -0 : x`, select(compare(name, x, literal(-0)), literal(-0), x), name === 'lt' || name === 'gt'] as const, // prettier-ignore
    [`x ${name} 1 ? 1 : x`, select(compare(name, x, literal(1)), literal(1), x), ['lt', 'gt', 'le'].includes(name)] as const // prettier-ignore
  ]),
  ...[0.25, 1, 0, -0.25, 1.5].flatMap((slope) =>
    [binary('mul', x, literal(slope)), binary('mul', literal(slope), x)].map(
      (scaled) =>
        [`x > 0 ? x : ${String(slope)} x`, select(compare('gt', x, zero), x, scaled), slope > 0 && slope <= 1] as const
    )
  ),
  ['x > y ? x : 0.25 x', select(compare('gt', x, y), x, binary('mul', x, literal(0.25))), false]
]

/** Float32 bits, all NaN being one. */
const bitsOf = (data: Float32Array): readonly number[] =>
  [...data].map((value, i) => (Number.isNaN(value) ? NaN : new Uint32Array(data.buffer, data.byteOffset)[i]!))

/** What a body is in the plan of its nest. */
const rootOf = (body: Scalar): string => {
  const types = operands.map(({ shape }) => ({ shape, dtype: 'float32' as const }))
  const [walk] = planLoops({ domain: [n], outputs: [{ dtype: 'float32', body }] }, types).walks
  return walk!.nodes[walk!.roots[0]!]!.kind
}

describe('a select between two floats', () => {
  it.each(selects)('%s has the bits that it should', (_, body, short) => {
    const nest = { domain: [n], outputs: [{ dtype: 'float32' as const, body }] }
    const expected = interpret({ kind: 'nest', domain: [n], dtype: 'float32', body }, operands)
    const [actual] = runLoops(nest, operands)
    expect(bitsOf(actual as Float32Array)).toEqual(bitsOf(Float32Array.from(expected)))
    expect(rootOf(body)).toBe(short ? 'extreme' : 'select')
  })
  it('x > 0 ? x : 1e-60 x is none: the slope is 0 in single precision, and 0 of infinity is no number', () => {
    expect(rootOf(select(compare('gt', x, zero), x, binary('mul', x, literal(1e-60))))).toBe('select')
  })
})
