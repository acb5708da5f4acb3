/**
 * What a gradient costs beside the function it is of: chains of operations on four numbers, traced and differentiated in turns.
 * Prints processor milliseconds of each (the first time, which is a user's, and the least of the others), nodes that each makes, and
 * nodes that an optimized gradient has left, for each operation; and what a node of a gradient costs in nodes of a trace.
 *
 *   npx tsc -p bench && node --expose-gc out/bench/bench/studies/long-programs.js [operations 60000] [rounds 5]
 */
import { Program, add, grad, mul, ones, sin, sum, tanh } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'

const [operations = 60_000, rounds = 5] = process.argv.slice(2).map(Number)

const chain =
  (...steps: readonly ((y: Tensor, x: Tensor) => Tensor)[]) =>
  (n: number) =>
  (x: Tensor): Tensor => {
    let y = x
    for (let i = 0; i < n; i++) y = steps[i % steps.length]!(y, x)
    return sum(y)
  }

const chains = {
  sines: chain((y) => sin(y)),
  products: chain((y, x) => mul(y, x)),
  mixed: chain(
    (y, x) => mul(y, x),
    (y, x) => add(y, x),
    (y) => sin(y),
    (y) => tanh(y)
  )
}

const cpuMs = (body: () => unknown): number => {
  globalThis.gc?.()
  const begun = process.cpuUsage()
  body()
  const { user, system } = process.cpuUsage(begun)
  return (user + system) / 1000
}

const madeBy = (program: Program.Program): number => program.outputs[0]!.graph.count
const leftIn = (program: Program.Program): number => Object.values(Program.count(program)).reduce((a, b) => a + b, 0)

const least = (times: readonly number[]): number => Math.min(...times.slice(1))
const shown = (x: number): string => x.toPrecision(3)

const x = ones([4])
for (const [name, of] of Object.entries(chains)) {
  const f = of(operations)
  const traces: number[] = []
  const gradients: number[] = []
  for (let round = 0; round <= rounds; round++) {
    traces.push(cpuMs(() => Program.of(f, x)))
    gradients.push(cpuMs(() => Program.of(grad(f), x)))
  }
  // Counts for each operation are those of a shorter chain, too.
  const few = Math.min(operations, 4000)
  const [traced, gradient] = [Program.of(of(few), x), Program.of(grad(of(few)), x)]
  const [once, made, left] = [madeBy(traced), madeBy(gradient), leftIn(Program.optimize(gradient))].map((n) => n / few)
  const ratio = least(gradients) / least(traces)
  console.log(
    `${name}: trace ${shown(traces[0]!)} then ${shown(least(traces))} ms, gradient ${shown(gradients[0]!)} then ${shown(least(gradients))} ms,`,
    `ratio ${shown(gradients[0]! / traces[0]!)} then ${shown(ratio)}; nodes an operation ${shown(once!)} traced, ${shown(made!)} made, ${shown(left!)} left;`,
    `a node made costs ${shown((ratio * once!) / made!)} of a traced one`
  )
}
