import * as E from '#fp-ts/Either'
import { describe, expect, it } from 'vitest'
import { partitionOf, partsOf } from '../../../kernels/gpu/partition/parts.ts'
import { placesOf, whereOf } from '../../../kernels/gpu/partition/placement.ts'
import { unrollingOf } from '../../../kernels/gpu/partition/unrolling.ts'
import { gpu } from '../../../src/engines/lazyGpu.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import { registry } from '../../../src/primitives/registry.ts'
import type { PrimitiveName } from '../../../src/primitives/registry.ts'
import { prepare } from '../../../src/program/evaluate.ts'
import { input } from '../../../src/program/leaves.ts'
import type { Node } from '../../../src/program/node.ts'
import type { AnyPrimitive } from '../../../src/program/primitive.ts'
import type { Program } from '../../../src/program/program.ts'
import { call } from '../../../src/program/call.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import { sizeOf } from '../../../src/tensor/shape.ts'
import type { Aval, Tensor } from '../../../src/tensor/tensor.ts'
import { caseFrom, caseSources } from '../../support/arbitraries.ts'
import { drawsFrom } from '../../support/draws.ts'
import { gpuModes } from '../../support/gpuModes.ts'
import { convolutionalSpec, ringSpec, trainingProgram, wganGpSpec } from '../../support/trainingPrograms.ts'
import { programOf } from '../../support/programs.ts'

const hostOf = (program: Program): readonly string[] =>
  Object.entries(whereOf(placesOf(program)))
    .filter(([, where]) => where === 'host')
    .map(([name]) => name)
    .sort()

const float: Aval = { shape: [4], dtype: 'float32' }
const int: Aval = { shape: [4], dtype: 'int32' }

/** Sorting and 32 random bits, which floats could not do, and decompositions, which no loop nest describes. */
const hostAlone: ReadonlySet<string> = new Set([
  'argsort',
  'threefry',
  'bitsToUnit',
  'cholesky',
  'triangularSolve',
  'eigh',
  'qr',
  'svd',
  'singularValues'
])

describe('a primitive on floats', () => {
  it.each(Object.keys(registry) as PrimitiveName[])(
    '%s runs on the device, unless it sorts, draws or decomposes',
    (name) => {
      let seen = 0
      for (let seed = 0; seed < 12; seed++) {
        const of = caseFrom(caseSources[name], seed)
        const operands = of.operands(drawsFrom(seed + 1))
        const program = programOf((...xs) => call(registry[name] as AnyPrimitive, of.params, xs), operands)
        const [output] = program.outputs as readonly [Node]
        const isEmpty = [output, ...output.operands].some(({ shape }) => sizeOf(shape) === 0)
        if (output.primitive === input || output.dtype === 'int32' || isEmpty) continue
        if (operands.some(({ dtype }) => dtype === 'int32') && name === 'convert') continue
        seen++
        expect([name, ...hostOf(program)]).toEqual(hostAlone.has(name) ? [name, name] : [name])
      }
      // What is about integers alone has no float result to look at, and identities leave no node.
      if (seen === 0) expect(['iota', 'stopGradient', 'argsort', 'threefry']).toContain(name)
    }
  )
})

describe('integers', () => {
  it('that a float holds exactly are computed on the device', () => {
    const f = (x: Tensor): Tensor => o.gather(x, o.sub(3, o.iota([4], 0)), 0)
    expect(hostOf(programOf(f as never, [float]))).toEqual([])
  })
  it('of any size stay on the host, and so does their way into floats', () => {
    const f = (n: Tensor, x: Tensor): Tensor => o.mul(o.convert(o.mul(n, 3), 'float32'), o.exp(x))
    const places = [...placesOf(programOf(f, [int, float]))]
    const placeOf = (name: string, dtype: string): unknown =>
      places.find(([node]) => node.primitive.name === name && node.dtype === dtype)?.[1]
    expect(placeOf('mul', 'int32')).toBe('host')
    expect(placeOf('convert', 'float32')).toBe('host')
    expect(placeOf('mul', 'float32')).toBe('device')
  })
  it('of a key are computed before all kernels, with whatever leads to them', () => {
    const f = (key: Tensor, x: Tensor): Tensor => {
      const counter = o.add(o.iota([4], 0), 1)
      return o.mul(x, o.bitsToUnit(o.threefry(key, key, counter, counter, 0)))
    }
    const program = programOf(f, [int, float])
    expect(hostOf(program)).toEqual(['add', 'bitsToUnit', 'iota', 'threefry'])
    expect(partsOf(program, placesOf(program)).map(({ at }) => at)).toEqual(['host', 'device'])
  })
})

const specs = {
  'the ring, R1 and a Jacobian clamp': () => trainingProgram(ringSpec(12), 6),
  'WGAN-GP, two critic steps': () => trainingProgram(wganGpSpec(10, 2), 5),
  'convolutions, batch norm and R1': () => trainingProgram(convolutionalSpec(4, 8), 3)
}

describe.each(Object.entries(specs))('a cycle of training (%s)', (_, make) => {
  it('is a host part of integers and draws, and one device part that can be unrolled', async () => {
    const { program, carry } = await make()
    const { program: optimized, places, parts } = partitionOf(program, carry)
    expect(parts.map(({ at }) => at)).toEqual(['host', 'device'])
    expect(unrollingOf(optimized, parts, carry)).toBeDefined()
    for (const [node, place] of places)
      if (place === 'host')
        expect(
          node.dtype === 'int32' || ['bitsToUnit', 'convert'].includes(node.primitive.name),
          node.primitive.name
        ).toBe(true)
  })

  it.each(gpuModes)('gives the same state step after step on %s, alone and taken together', async (mode) => {
    const { program, carry, inputs } = await make()
    const evaluator = prepare(program, 'float64')
    let state = inputs.slice(0, carry)
    const feed = inputs.slice(carry)
    for (let step = 0; step < 9; step++) state = evaluator([...state, ...feed]).slice(0, carry)
    const compiled = await gpu({ mode }).compile(program, { carry })()
    if (E.isLeft(compiled)) throw new Error(compiled.left.actual)
    const ended = await compiled.right.iterate({ carry: inputs.slice(0, carry), steps: 9, feed: () => feed })()
    if (E.isLeft(ended)) throw new Error(ended.left.actual)
    // Nine steps of Adam divide small numbers by small ones: what rounding does to them grows.
    const tolerance = mode === 'webasm' || mode === 'cpu' ? 2e-3 : 5e-3
    ended.right.forEach((data: Data, i) => expect(errorAgainst(data, state[i]!)).toBeLessThan(tolerance))
    compiled.right.dispose()
  })
})
