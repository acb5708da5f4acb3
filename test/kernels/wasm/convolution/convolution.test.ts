import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { call, createModule, defineFunction, f32x4, forRange } from '../../../../kernels/wasm/encoder/index.ts'
import {
  emitFilterGradient,
  emitForward,
  emitInputGradient,
  outputSize
} from '../../../../kernels/wasm/convolution/index.ts'
import type { Convolution } from '../../../../kernels/wasm/convolution/index.ts'
import type { Epilogue } from '../../../../kernels/wasm/contraction/index.ts'
import { instantiate } from '../support/instantiate.ts'

type Form = 'forward' | 'inputGradient' | 'filterGradient'

interface Hooks {
  readonly accumulate: boolean
  readonly epilogue: boolean
}

/** Calls `visit(y, x, w)` with the flat indices of every multiply-add. */
const eachTerm = (c: Convolution, visit: (y: number, x: number, w: number) => void): void => {
  const [oh, ow] = outputSize(c)
  const [[h, wd], [kh, kw]] = [c.size, c.kernel]
  for (let g = 0; g < c.groups; g++)
    for (let b = 0; b < c.batch; b++)
      for (let o = 0; o < c.outputs; o++)
        for (let p = 0; p < oh; p++)
          for (let q = 0; q < ow; q++)
            for (let i = 0; i < c.inputs; i++)
              for (let u = 0; u < kh; u++)
                for (let v = 0; v < kw; v++) {
                  const row = p * c.stride[0] - c.padding[0][0] + u * c.dilation[0]
                  const column = q * c.stride[1] - c.padding[1][0] + v * c.dilation[1]
                  if (row < 0 || row >= h || column < 0 || column >= wd) continue
                  const image = g * c.batch + b
                  visit(
                    ((image * c.outputs + o) * oh + p) * ow + q,
                    ((image * c.inputs + i) * h + row) * wd + column,
                    (((g * c.outputs + o) * c.inputs + i) * kh + u) * kw + v
                  )
                }
}

const check = (c: Convolution, form: Form, { accumulate, epilogue }: Hooks): void => {
  const [oh, ow] = outputSize(c)
  if (oh === 0 || ow === 0) return
  const images = c.groups * c.batch
  const sizes = {
    x: images * c.inputs * c.size[0] * c.size[1],
    w: c.groups * c.outputs * c.inputs * c.kernel[0] * c.kernel[1],
    y: images * c.outputs * oh * ow
  }
  const at = { x: 128, w: 128 + sizes.x, y: 128 + sizes.x + sizes.w }
  const mask = at.y + sizes.y
  const scratch = Math.ceil((mask + Math.max(sizes.x, sizes.w, sizes.y)) / 4) * 4
  const bias = 8
  const perChannel = c.groups === 1
  const hook: Epilogue = (sum, place) => {
    const shifted = f32x4.add(f32x4.mul(sum, 2), place.like(mask * 4))
    return perChannel ? f32x4.add(shifted, place.read(bias * 4, { batch: 0, row: 1, column: 0 })) : shifted
  }
  const options = { accumulate, ...(epilogue && { epilogue: hook, anyRow: !perChannel }) }
  const addresses = { x: at.x * 4, w: at.w * 4, y: at.y * 4 }
  const module = createModule()
  const emit = { forward: emitForward, inputGradient: emitInputGradient, filterGradient: emitFilterGradient }[form]
  const { run, chunks, scratchBytes } = emit(module, c, addresses, options)
  defineFunction(module, { params: {}, export: 'run' }, (scope) => {
    const chunk = scope.local('i32')
    return forRange(chunk, 0, chunks, 1, call(run, { chunk, scratch: scratch * 4 }))
  })
  const end = scratch + scratchBytes / 4
  const { call: start, floats } = instantiate(module, (end + 16) * 4)
  for (let i = 0; i < floats.length; i++) floats[i] = ((i * 7919) % 23) / 8 - 1.25
  const before = floats.slice()
  start('run')
  const result = { forward: 'y', inputGradient: 'x', filterGradient: 'w' }[form] as 'x' | 'w' | 'y'
  const sums = new Float64Array(sizes[result])
  if (accumulate) sums.set(before.subarray(at[result], at[result] + sizes[result]))
  const value = (i: number): number => before[i] as number
  const terms: Readonly<Record<Form, (y: number, x: number, w: number) => void>> = {
    forward: (y, x, w) => void (sums[y] = (sums[y] as number) + value(at.x + x) * value(at.w + w)),
    inputGradient: (y, x, w) => void (sums[x] = (sums[x] as number) + value(at.y + y) * value(at.w + w)),
    filterGradient: (y, x, w) => void (sums[w] = (sums[w] as number) + value(at.y + y) * value(at.x + x))
  }
  eachTerm(c, terms[form])
  const inner = { y: oh * ow, x: c.size[0] * c.size[1], w: c.inputs * c.kernel[0] * c.kernel[1] }[result]
  const rows = result === 'x' ? c.inputs : c.outputs
  for (let i = 0; i < sums.length; i++) {
    const channel = perChannel ? value(bias + (Math.floor(i / inner) % rows)) : 0
    const expected = epilogue ? (sums[i] as number) * 2 + value(mask + i) + channel : (sums[i] as number)
    const got = floats[at[result] + i] as number
    if (!(Math.abs(got - expected) <= 2e-3 * (1 + Math.abs(expected))))
      expect({ i, value: got }).toEqual({ i, value: expected })
  }
  const written = (i: number): boolean =>
    (i >= at[result] && i < at[result] + sizes[result]) || (i >= scratch && i < end)
  for (let i = 0; i < floats.length; i++) if (!written(i) && floats[i] !== before[i]) expect.fail(`wrote outside: ${i}`)
}

const square = (
  batch: number,
  inputs: number,
  outputs: number,
  size: number,
  kernel: number,
  stride: number,
  pad: number,
  groups = 1
): Convolution => ({
  groups,
  batch,
  inputs,
  outputs,
  size: [size, size],
  kernel: [kernel, kernel],
  stride: [stride, stride],
  padding: [
    [pad, pad],
    [pad, pad]
  ],
  dilation: [1, 1]
})
const plain = { accumulate: false, epilogue: false }

describe.each<Form>(['forward', 'inputGradient', 'filterGradient'])('%s agrees with the sum over all terms', (form) => {
  it.each<[string, Convolution]>([
    ['the first layer of a DCGAN', square(3, 1, 8, 28, 4, 2, 1)],
    ['the second', square(8, 16, 24, 14, 4, 2, 1)],
    ['deep channels', square(4, 70, 9, 7, 4, 2, 1)],
    ['one output channel', square(3, 5, 1, 12, 3, 1, 1)],
    ['two output channels, no border', square(3, 5, 2, 12, 3, 1, 0)],
    ['images of three colours', square(3, 16, 3, 12, 3, 1, 1)],
    ['three colours in groups', square(3, 13, 3, 9, 5, 1, 1, 2)],
    ['a kernel of one', square(3, 6, 7, 5, 1, 1, 0)],
    ['a kernel as large as the image', square(5, 6, 7, 4, 4, 1, 0)],
    ['one pixel under a border', square(5, 6, 7, 1, 4, 1, 3)],
    ['strides that skip', square(2, 3, 4, 9, 2, 3, 0)],
    ['a large kernel', square(2, 3, 4, 19, 9, 1, 4)],
    ['a wide image', square(1, 2, 3, 70, 3, 1, 1)],
    ['many pixels', square(2, 2, 5, 48, 5, 2, 2)],
    ['few channels, a stride of three', square(2, 2, 6, 11, 5, 3, 2)],
    [
      'few channels, uneven borders',
      {
        ...square(2, 3, 8, 9, 4, 2, 1),
        padding: [
          [2, 0],
          [0, 3]
        ]
      }
    ],
    ['groups', square(4, 3, 5, 8, 4, 2, 1, 3)]
  ])('for %s', (_, c) => {
    check(c, form, plain)
    check(c, form, { accumulate: true, epilogue: true })
  })

  it('for any sizes, steps and borders', () => {
    const along = fc.record({
      size: fc.integer({ min: 1, max: 12 }),
      kernel: fc.integer({ min: 1, max: 5 }),
      stride: fc.integer({ min: 1, max: 3 }),
      dilation: fc.integer({ min: 1, max: 3 }),
      low: fc.integer({ min: -1, max: 4 }),
      high: fc.integer({ min: -1, max: 4 })
    })
    const few = fc.integer({ min: 1, max: 6 })
    fc.assert(
      fc.property(
        along,
        along,
        fc.integer({ min: 1, max: 2 }),
        few,
        few,
        few,
        fc.boolean(),
        fc.boolean(),
        (v, h, groups, batch, inputs, outputs, accumulate, epilogue) =>
          check(
            {
              groups,
              batch,
              inputs,
              outputs,
              size: [v.size, h.size],
              kernel: [v.kernel, h.kernel],
              stride: [v.stride, h.stride],
              dilation: [v.dilation, h.dilation],
              padding: [
                [v.low, v.high],
                [h.low, h.high]
              ]
            },
            form,
            { accumulate, epilogue }
          )
      ),
      { numRuns: 300 }
    )
  })
})
