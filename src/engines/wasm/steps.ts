import * as E from '#fp-ts/Either'
import type { BuiltModule } from '../../../kernels/wasm/module/buildModule.ts'
import { slicesOf } from '../../../kernels/wasm/module/slices.ts'
import type { EngineFault, Iteration } from '../engine.ts'
import { disposed } from './faults.ts'
import type { Instance } from './instance.ts'
import { runtime } from './runtime.ts'
import type { Transfer } from './transfer.ts'

/** Milliseconds after which the event loop has its turn, so that timers, input and a click on 'stop' are heard. */
const turn = 40

/** What runs steps on an instance. A fault leaves values of an unfinished step in its memory. */
export interface Steps {
  /** Runs one step: it reads the inputs and writes the outputs that lie in memory. */
  readonly step: (instance: Instance) => Promise<EngineFault | undefined>
  /** Runs several steps, each of which begins with the carry that the one before left. */
  readonly advance: (instance: Instance, iteration: Iteration) => Promise<E.Either<EngineFault, void>>
}

/** Makes the steps of a module. `isInUse` is asked after each turn of the event loop, in which the executable may end. */
export const stepsOf = (
  { regions, stepRegions }: BuiltModule,
  { misfit, write, read }: Transfer,
  carry: number,
  isInUse: () => boolean
): Steps => {
  const slices = slicesOf(regions.slice(0, stepRegions))
  let lastTurn = 0

  const step: Steps['step'] = async (instance) => {
    for (const [from, to] of slices) {
      const fault = await instance.runRegions(from, to)
      if (fault !== undefined) return fault
      if (performance.now() - lastTurn > turn) {
        await runtime.nextTurn()
        lastTurn = performance.now()
        if (!isInUse()) return disposed
      }
    }
    return undefined
  }

  /** Copies the carry from the outputs to the inputs, where they do not lie in the same place. */
  const copyCarry = (instance: Instance): ReturnType<Instance['runRegions']> =>
    stepRegions === regions.length ? undefined : instance.runRegions(stepRegions, regions.length)

  const advance: Steps['advance'] = async (instance, { steps, feed, onStep }) => {
    for (let n = 0; n < steps; n++) {
      const fed = feed(n)
      const wrong = misfit(fed, carry)
      if (wrong !== undefined) return E.left(wrong)
      write(instance, fed, carry)
      const fault = await step(instance)
      if (fault !== undefined) return E.left(fault)
      const results = onStep && read(instance, carry)
      const late = await copyCarry(instance)
      if (late !== undefined) return E.left(late)
      if (results !== undefined) onStep!(n, results)
    }
    return E.right(undefined)
  }
  return { step, advance }
}
