/**
 * A process that runs one executable of the mode it is given 2,000 times, then compiles, runs and disposes of 60 others, and
 * prints by how many MiB it grew meanwhile, after a warm-up, as JSON: all of it, and what JavaScript holds. It ends without being told to.
 */
import * as E from '#fp-ts/Either'
import { showFault } from '../../../../src/engines/engine.ts'
import type { EngineFault } from '../../../../src/engines/engine.ts'
import type { GpuMode } from '../../../../src/engines/gpu/modes.ts'
import { gpu } from '../../../../src/engines/lazyGpu.ts'
import { add, matmul, mul, sum, tanh } from '../../../../src/index.ts'
import type { Tensor } from '../../../../src/index.ts'
import { of } from '../../../../src/transform/programs.ts'

const mode = process.argv[2] as GpuMode
const rightOf = <A>(result: E.Either<EngineFault, A>): A => {
  if (E.isLeft(result)) throw new Error(showFault(result.left))
  return result.right
}
const filled = (shape: readonly number[], value: number): Tensor => ({
  shape,
  dtype: 'float32',
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value)
})
const [x, w] = [filled([32, 64], 0.01), filled([64, 64], 0.02)]
const compiled = async (n: number) =>
  rightOf(
    await gpu({ mode }).compile(of((a, b) => [sum(mul(tanh(matmul(a, b)), n)), add(matmul(a, b), 1)] as const, x, w))()
  )
const inputs = [x.data, w.data]
interface Size {
  readonly all: number
  readonly held: number
}
/** MiB that are no growth: then another go is not worth its time. */
const still: Size = { all: 8, held: 1 }
const settle = async (): Promise<Size> => {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    ;(globalThis as { gc?: () => void }).gc?.()
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  return { all: rss / 2 ** 20, held: (heapUsed + external) / 2 ** 20 }
}
/**
 * What `count` rounds leave behind, after half as many to warm up: the least of up to four goes. What leaks does so in each
 * of them; what the engine of JavaScript takes and keeps, or has not given back yet, does not.
 */
const growth = async (count: number, round: (n: number) => Promise<void>): Promise<Size> => {
  for (let n = 0; n < count / 2; n++) await round(n)
  let least = { all: Infinity, held: Infinity }
  for (let go = 0; go < 4 && (least.all > still.all || least.held > still.held); go++) {
    const before = await settle()
    for (let n = 0; n < count; n++) await round(n)
    const after = await settle()
    least = {
      all: Math.min(least.all, after.all - before.all),
      held: Math.min(least.held, after.held - before.held)
    }
  }
  return least
}

const executable = await compiled(1)
const calls = await growth(2000, async () => {
  rightOf(await executable.run(inputs)())
})
const rounds = await growth(60, async (n) => {
  const one = await compiled(n + 2)
  rightOf(await one.run(inputs)())
  one.dispose()
})
process.stdout.write(JSON.stringify({ calls, rounds }))
