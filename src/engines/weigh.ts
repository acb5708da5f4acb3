import type { Rates } from '../compiler/cost.ts'
import { rates } from '../compiler/cost.ts'
import { explain } from '../compiler/explain.ts'
import { optimize } from '../compiler/rewrite/optimize.ts'
import { nodesOf } from '../program/program.ts'
import { isScan } from '../program/scan.ts'
import { planMemory } from '../compiler/memory/plan.ts'
import { schedule } from '../compiler/scheduleProgram.ts'
import type { Program } from '../program/program.ts'
import { elementBytes } from '../tensor/dtype.ts'
import { sizeOf } from '../tensor/shape.ts'

/** How many times as fast a GPU has to be before it is worth the way there. */
const worthwhile = 1.5

/** Says whether a GPU pays for a program, and why. */
export type Weigh = (program: Program) => { readonly pays: boolean; readonly why: string }

/** Estimates one run of the program on a CPU and on a GPU, and says whether the GPU pays for it. */
export const weigh: Weigh = (program) => {
  if (nodesOf(program.outputs).some(isScan))
    return { pays: false, why: 'it has loops, which a GPU is given written out' }
  const made = schedule(optimize(program))
  const { flops, bytes, kernels } = explain(made, planMemory(made))
  const moved = [...program.inputs, ...program.outputs].reduce(
    (sum, { shape }) => sum + elementBytes.float32 * sizeOf(shape),
    0
  )
  const nanoseconds = (on: Rates): number =>
    flops / on.flops + bytes / on.bytes + kernels.length * on.launch + moved / on.transfer
  const [onCpu, onGpu] = [nanoseconds(rates.cpu), nanoseconds(rates.gpu)]
  const figures =
    `${(flops / 1e6).toPrecision(3)} Mflop in ${String(kernels.length)} kernels: ` +
    `about ${(onCpu / 1e6).toPrecision(2)} ms on a CPU, ${(onGpu / 1e6).toPrecision(2)} ms on a GPU`
  return { pays: onGpu * worthwhile < onCpu, why: figures }
}
