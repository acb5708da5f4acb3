import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Epilogue } from '../../../../kernels/wasm/contraction/index.ts'
import {
  emitFilterGradient,
  emitForward,
  emitInputGradient,
  emitWinograd,
  outputSize,
  planWinograd
} from '../../../../kernels/wasm/convolution/index.ts'
import type { Convolution } from '../../../../kernels/wasm/convolution/index.ts'
import type { Form, WinogradPlan } from '../../../../kernels/wasm/convolution/winograd/plan.ts'
import { axisOf, evaluation, matrixOf } from '../../../../kernels/wasm/convolution/winograd/axis.ts'
import { call, createModule, defineFunction, f32x4, forRange, i32 } from '../../../../kernels/wasm/encoder/index.ts'
import type { Local } from '../../../../kernels/wasm/encoder/index.ts'
import { instantiate } from '../support/instantiate.ts'

const forms = ['forward', 'inputGradient', 'filterGradient'] as const
const emitters = { forward: emitForward, inputGradient: emitInputGradient, filterGradient: emitFilterGradient }

const square = (
  batch: number,
  inputs: number,
  outputs: number,
  size: number,
  kernel: number,
  stride: number,
  pad: number
) =>
  ({
    ...{ groups: 1, batch, inputs, outputs, size: [size, size], kernel: [kernel, kernel], stride: [stride, stride] },
    padding: [
      [pad, pad],
      [pad, pad]
    ],
    dilation: [1, 1]
  }) as const satisfies Convolution

/** The number of elements of each array, and a place for each, with as much room for the epilogue's own operand. */
const placesOf = (c: Convolution) => {
  const [oh, ow] = outputSize(c)
  const sizes = {
    x: c.batch * c.inputs * c.size[0] * c.size[1],
    w: c.outputs * c.inputs * c.kernel[0] * c.kernel[1],
    y: c.batch * c.outputs * oh * ow
  }
  const x = 64
  const w = x + sizes.x + 16
  const y = w + sizes.w + 16
  const mask = y + sizes.y + 16
  return { sizes, at: { x, w, y }, mask, end: Math.ceil((mask + Math.max(sizes.x, sizes.w, sizes.y)) / 16) * 16 }
}

const resultOf = { forward: 'y', inputGradient: 'x', filterGradient: 'w' } as const
const bias = 8

interface Run {
  readonly result: Float32Array
  /** The first element that was written though it is neither scratch nor the result. */
  readonly spoilt: number
}

/** Runs a convolution directly, or by a plan, its chunks backwards where asked. */
const run = (form: Form, c: Convolution, plan: WinogradPlan | undefined, hooked: boolean, backwards = false): Run => {
  const { sizes, at, mask, end } = placesOf(c)
  const epilogue: Epilogue = (sum, place) =>
    f32x4.add(f32x4.add(f32x4.mul(sum, 2), place.like(mask * 4)), place.read(bias * 4, { batch: 0, row: 1, column: 0 }))
  const addresses = { x: at.x * 4, w: at.w * 4, y: at.y * 4 }
  const module = createModule()
  let bytes = end * 4
  const reserve = (count: number): number => {
    const start = bytes
    bytes += Math.ceil((count + 64) / 64) * 64
    return start
  }
  const direct = () => {
    const {
      run: chunkFunction,
      chunks,
      scratchBytes
    } = emitters[form](module, c, addresses, hooked ? { epilogue } : {})
    const step = {
      chunks,
      run: (chunk: Local<'i32'>, scratch: number) => call(chunkFunction, { chunk, scratch })
    }
    return { steps: [step], scratchBytes }
  }
  const { steps, scratchBytes } =
    plan === undefined ? direct() : emitWinograd(module, plan, c, addresses, hooked ? epilogue : undefined, reserve)
  const scratch = bytes
  defineFunction(module, { params: {}, export: 'run' }, (scope) =>
    steps.map(({ chunks, run: one }) => {
      const [count, chunk] = scope.locals('i32', 2)
      return forRange(count, 0, chunks, 1, [
        chunk.set(backwards ? i32.sub(chunks - 1, count) : count),
        one(chunk, scratch)
      ])
    })
  )
  const { call: start, floats } = instantiate(module, bytes + scratchBytes + 64)
  floats.fill(NaN)
  for (let i = 0; i < end; i++) floats[i] = ((i * 7919) % 1009) / 400 - 1.25
  const before = floats.slice(0, end)
  start('run')
  const name = resultOf[form]
  const own = (i: number): boolean => i >= at[name] && i < at[name] + sizes[name]
  return {
    result: floats.slice(at[name], at[name] + sizes[name]),
    spoilt: before.findIndex((value, i) => !own(i) && floats[i] !== value)
  }
}

/** The largest difference by the largest value. */
const differenceOf = (a: Float32Array, b: Float32Array): number => {
  let [most, largest] = [0, 0]
  a.forEach((value, i) => {
    most = Math.max(most, Math.abs(value - b[i]!))
    largest = Math.max(largest, Math.abs(b[i]!))
  })
  return most / largest
}

const check = (form: Form, c: Convolution, hooked: boolean, mostBytes?: number): void => {
  const plan = planWinograd(form, c, mostBytes)
  if (plan === undefined) return expect.fail('no plan')
  const { result, spoilt } = run(form, c, plan, hooked)
  expect(spoilt).toBe(-1)
  expect(result.some(Number.isNaN)).toBe(false)
  expect(differenceOf(result, run(form, c, undefined, hooked).result)).toBeLessThan(3e-6)
  const backwards = new Uint32Array(run(form, c, plan, hooked, true).result.buffer)
  expect(backwards).toEqual(new Uint32Array(result.buffer))
}

describe('the transforms of an axis', () => {
  it.each([
    [1, 6, 2],
    [2, 4, 2],
    [7, 4, 2],
    [13, 3, 1],
    [8, 2, 1]
  ])('add up to the correlation of %i outputs with a kernel of %i, stride %i', (size, kernel, stride) => {
    const axis = axisOf(size, kernel, stride)!
    expect(axis.runs.reduce((sum, { count, outputs }) => sum + count * outputs, 0)).toBe(size)
    for (const tile of axis.runs) {
      const [x, y, w] = [matrixOf('x', tile), matrixOf('y', tile), evaluation(axis.taps)]
      for (let p = 0; p < tile.outputs; p++)
        for (let u = 0; u < axis.taps; u++)
          for (let j = 0; j < tile.points; j++) {
            const sum = x.reduce((all, row, point) => all + row[j]! * y[point]![p]! * w[point]![u]!, 0)
            expect(sum).toBe(p + u === j ? 1 : 0)
          }
    }
  })

  it('are not there for other kernels', () => {
    expect([axisOf(8, 5, 2), axisOf(8, 1, 1), axisOf(8, 4, 1), axisOf(1, 2, 1)]).toEqual(Array(4).fill(undefined))
  })
})

describe.each(forms)('the fast %s agrees with the direct one, whatever the order of chunks', (form) => {
  it.each<[string, Convolution]>([
    ['the second layer of a DCGAN', square(8, 16, 24, 14, 4, 2, 1)],
    ['even sizes', square(4, 5, 7, 16, 4, 2, 1)],
    ['a kernel of three', square(12, 8, 12, 9, 3, 1, 1)],
    ['a kernel of three, no border', square(4, 4, 3, 10, 3, 1, 0)],
    ['a kernel of six', square(4, 3, 5, 13, 6, 2, 2)],
    ['short tiles alone', square(4, 3, 5, 4, 4, 2, 1)],
    ['long tiles alone', square(4, 3, 5, 6, 4, 2, 1)],
    [
      'uneven extents and borders',
      {
        ...square(8, 4, 5, 0, 4, 2, 1),
        ...{ size: [9, 14], kernel: [4, 6] },
        padding: [
          [2, 1],
          [0, 3]
        ]
      }
    ]
  ])('for %s', (_, c) => {
    check(form, c, false)
    check(form, c, true)
  })

  it('for any sizes', () => {
    const along = fc.record({
      outputs: fc.integer({ min: 2, max: 9 }),
      taps: fc.integer({ min: 2, max: 3 }),
      low: fc.integer({ min: 0, max: 2 }),
      high: fc.integer({ min: 0, max: 2 })
    })
    const few = fc.integer({ min: 1, max: 9 })
    const stride = fc.integer({ min: 1, max: 2 })
    const quads = fc.integer({ min: 1, max: 3 })
    fc.assert(
      fc.property(along, along, stride, quads, few, few, (v, h, step, fours, inputs, outputs) => {
        const sizeOf = ({ outputs: count, taps, low, high }: typeof v): number => step * (count + taps - 1) - low - high
        fc.pre(sizeOf(v) > 0 && sizeOf(h) > 0)
        check(
          form,
          {
            ...{ groups: 1, batch: fours * 4, inputs: step === 1 ? Math.ceil(inputs / 4) * 4 : inputs, outputs },
            ...{ size: [sizeOf(v), sizeOf(h)], kernel: [v.taps * step, h.taps * step], stride: [step, step] },
            padding: [
              [v.low, v.high],
              [h.low, h.high]
            ],
            dilation: [1, 1]
          },
          true
        )
      }),
      { numRuns: 40 }
    )
  })

  it('in several passes', () => {
    const c = square(16, 6, 5, 8, 4, 2, 1)
    expect(planWinograd(form, c, 2 ** 13)!.passes).toBeGreaterThan(2)
    check(form, c, true, 2 ** 13)
  })
})

it('is not planned for steps, borders and sizes that it does not cover', () => {
  const c = square(8, 16, 24, 14, 4, 2, 1)
  const others: readonly Convolution[] = [
    { ...c, groups: 2 },
    { ...c, batch: 6 },
    { ...c, dilation: [2, 2] },
    { ...c, stride: [2, 1] },
    { ...square(8, 16, 24, 15, 4, 2, 0) },
    { ...c, kernel: [5, 5] },
    { ...square(8, 6, 8, 9, 3, 1, 1) },
    {
      ...c,
      padding: [
        [-1, 3],
        [1, 1]
      ]
    }
  ]
  expect(others.map((other) => planWinograd('forward', other))).toEqual(others.map(() => undefined))
})

it('pays for the layers of a DCGAN, not for few channels or images', () => {
  const pays = (c: Convolution): boolean => planWinograd('forward', c)?.pays ?? false
  expect(pays(square(32, 64, 128, 14, 4, 2, 1))).toBe(true)
  expect(pays(square(32, 64, 64, 16, 3, 1, 1))).toBe(true)
  expect(pays(square(32, 1, 64, 28, 4, 2, 1))).toBe(false)
  expect(pays(square(4, 512, 512, 4, 4, 2, 1))).toBe(false)
  expect(pays({ ...square(32, 64, 64, 16, 3, 1, 1), dilation: [2, 2] })).toBe(false)
})
