import { prepare } from '../../program/evaluate.ts'
import type { Evaluator } from '../../program/evaluate.ts'
import type { Primitive } from '../../program/primitive.ts'
import type { ScanParams } from '../../program/scan.ts'
import { partsOf } from '../../program/scan.ts'
import type { Data, Precision } from '../../tensor/dtype.ts'
import { precisionOf } from '../../tensor/dtype.ts'
import { fail } from '../../tensor/error.ts'
import { equalShapes, sizeOf } from '../../tensor/shape.ts'
import type { Aval } from '../../tensor/tensor.ts'
import { showAval } from '../../tensor/tensor.ts'
import { batchScan } from './batch.ts'
import { cotangentOfScan } from './cotangent.ts'
import { tangentOfScan } from './tangent.ts'

const requireOperands = (operands: readonly Aval[], { body, constants, carries, length }: ScanParams): void => {
  const wanted = body.inputs.map(({ shape, dtype }, i) => ({
    dtype,
    shape: i < constants + carries ? shape : [length, ...shape]
  }))
  const fits = (x: Aval, i: number): boolean => x.dtype === wanted[i]?.dtype && equalShapes(x.shape, wanted[i].shape)
  if (operands.length !== wanted.length || !operands.every(fits))
    fail('ShapeMisfit', {
      op: 'scan',
      expected: wanted.map(showAval).join(' and '),
      actual: operands.map(showAval).join(' and ')
    })
}

/** A loop: a body, which is a closed program, applied again and again to what it carries. */
export const scan: Primitive<ScanParams> = {
  name: 'scan',
  shape: (operands, params) => {
    requireOperands(operands, params)
    const parts = partsOf(params)
    return { shape: [parts.reduce((sum, { shape }) => sum + sizeOf(shape), 0)], dtype: parts[0]?.dtype ?? 'float32' }
  },
  evaluate: (_, __, params) => {
    const { body, constants, carries, length, reverse, returned, whileTrue } = params
    const sizes = body.inputs.map(({ shape }) => sizeOf(shape))
    const made = new Map<Precision, Evaluator>()
    return (inputs, output) => {
      const precision = precisionOf([output, ...inputs])
      const run = made.get(precision) ?? prepare(body, precision)
      made.set(precision, run)
      const fixed = inputs.slice(0, constants)
      let carried: readonly Data[] = inputs.slice(constants, constants + carries)
      const starts: number[] = []
      let end = 0
      for (const { shape } of partsOf(params)) {
        starts.push(end)
        end += sizeOf(shape)
      }
      for (let step = 0; step < length; step++) {
        if (whileTrue !== undefined && carried[whileTrue]![0] === 0) break
        const i = reverse ? length - 1 - step : step
        const slices = inputs.slice(constants + carries).map((x, n) => {
          const size = sizes[constants + carries + n]!
          return x.subarray(i * size, (i + 1) * size)
        })
        const outputs = run([...fixed, ...carried, ...slices])
        carried = outputs.slice(0, carries)
        returned.forEach((n, part) => {
          if (n >= carries) output.set(outputs[n]!, starts[part]! + i * outputs[n]!.length)
        })
      }
      returned.forEach((n, part) => {
        if (n < carries) output.set(carried[n]!, starts[part])
      })
    }
  },
  linearity: ({ linear }) => (linear.length === 0 ? 'none' : { in: linear, how: 'jointly' }),
  jvp: tangentOfScan,
  transpose: (o, cotangent, index, operands, params) => cotangentOfScan(scan, o, cotangent, index, operands, params),
  batch: (o, operands, batched, params, size) => batchScan(scan, o, operands, batched, params, size),
  lower: () => ({ kind: 'routine' })
}
