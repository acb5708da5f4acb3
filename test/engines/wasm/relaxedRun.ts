/** What `relaxed.test.ts` looks at, in a process of its own: a feature of V8 is switched on for all of a process. */
import { setFlagsFromString } from 'node:v8'
import { wasm } from '../../../src/engines/wasm/engine.ts'
import type { WasmExecutable } from '../../../src/engines/wasm/executable.ts'
import { conv2d } from '../../../src/ops/convolution.ts'
import { matmul } from '../../../src/ops/matmul.ts'
import { transpose } from '../../../src/ops/shaping.ts'
import { prepare } from '../../../src/program/evaluate.ts'
import type { Program } from '../../../src/program/program.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import { sizeOf } from '../../../src/tensor/shape.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { randomProgram } from '../../support/randomPrograms.ts'
import { float, programOf, rightOf } from '../../support/programs.ts'
import { bitsOf } from './support.ts'

interface Report {
  readonly relaxed: boolean
  readonly explained: string
  /** a a - (1 + 2^-11) for a = 1 + 2^-12, as a sum of two products: 2^-24 if a a was not rounded by itself, else 0. */
  readonly cancelled: Readonly<Record<string, number>>
  /** The worst of some programs against the float64 evaluator, relative to the largest value. */
  readonly error: number
  readonly sameOnTwoThreads: boolean
}

export type Reports = Readonly<Record<'strict' | 'relaxed', Report>>

if (process.argv[2] === 'on') setFlagsFromString('--experimental-wasm-relaxed-simd')

const a = 1 + 2 ** -12
const [left, right] = [
  [1, a],
  [-(1 + 2 ** -11), a]
] as const

/** A factor that is zero but at the first step along an axis, and in the middle. */
const factor = (shape: readonly number[], along: number, [first, middle]: readonly [number, number]): Tensor => {
  const step = sizeOf(shape.slice(along + 1))
  const steps = shape[along]!
  const at = (i: number): number => Math.floor(i / step) % steps
  const element = (i: number): number => (at(i) === 0 ? first : at(i) === steps / 2 ? middle : 0)
  return { shape, dtype: 'float32', data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => element(i)) }
}

const products: Readonly<Record<string, readonly [(x: Tensor, y: Tensor) => Tensor, Tensor, Tensor]>> = {
  panels: [matmul, factor([40, 2], 1, left), factor([2, 40], 0, right)],
  'inner products': [(x, y) => matmul(x, transpose(y)), factor([2, 32], 1, left), factor([2, 32], 1, right)],
  convolution: [conv2d, factor([2, 2, 6, 6], 1, left), factor([9, 2, 1, 1], 1, right)]
}

const reportOn = async (relaxed: boolean): Promise<Report> => {
  const build = async (program: Program, threads: number): Promise<WasmExecutable> =>
    rightOf(await wasm({ threads, relaxed }).compile(program)())
  const run = async (program: Program, inputs: readonly Data[], threads: number): Promise<readonly Data[]> => {
    const executable = await build(program, threads)
    const results = rightOf(await executable.run(inputs)())
    executable.dispose()
    return results
  }

  const cancelled: Record<string, number> = {}
  for (const [name, [f, x, y]] of Object.entries(products)) {
    const [result] = await run(programOf(f, [x, y]), [x.data, y.data], 1)
    cancelled[name] = result!.every((one) => one === result![0]) ? result![0]! : NaN
  }

  let error = 0
  for (let seed = 0; seed < 30; seed++) {
    const { program, inputs } = randomProgram(seed)
    const exact = prepare(program, 'float64')(inputs)
    const single = inputs.map((data) => (data instanceof Float64Array ? Float32Array.from(data) : data))
    const results = await run(program, single, 1)
    error = Math.max(error, ...exact.map((data, i) => errorAgainst(results[i]!, data)))
  }

  const [x, y] = [float([300, 200], 1), float([200, 130], 2)]
  const large = programOf(matmul, [x, y])
  const [one, two] = [await run(large, [x.data, y.data], 1), await run(large, [x.data, y.data], 2)]

  const executable = await build(large, 1)
  const report = {
    relaxed: executable.relaxed,
    explained: executable.explain().split('\n')[0]!,
    cancelled,
    error,
    sameOnTwoThreads: bitsOf(one) === bitsOf(two)
  }
  executable.dispose()
  return report
}

const reports: Reports = { strict: await reportOn(false), relaxed: await reportOn(true) }
console.log(JSON.stringify(reports))
