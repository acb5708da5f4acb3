import * as E from '#fp-ts/Either'
import type { LoopPart } from '../../../kernels/gpu/partition/parts.ts'
import { betweenLooks } from '../../../kernels/gpu/partition/parts.ts'
import { partsOf } from '../../program/scan.ts'
import type { Data } from '../../tensor/dtype.ts'
import { allocate } from '../../tensor/dtype.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { ReadyLoopPart, ReadyPart, Session } from './readyParts.ts'
import { carriesOf } from './resident.ts'

/** Returns where each part of a loop's result begins in it. */
const startsOf = (part: LoopPart): readonly number[] => {
  let end = 0
  return partsOf(part.scan.params).map(({ shape }) => (end += sizeOf(shape)) - sizeOf(shape))
}

/**
 * Makes a loop of the parts of its body: the host repeats them, several iterations in one call of the device where it can,
 * with slices of the xs for each; carries stay on the device between the iterations of a call.
 */
export const readyLoop = (part: LoopPart, body: readonly ReadyPart[], device: Session['device']): ReadyLoopPart => {
  const { scan } = part
  const { constants, carries, length, reverse, returned, whileTrue, body: program } = scan.params
  const session: Session = { device, parts: body, close: () => Promise.resolve() }
  const carryFrom = carriesOf(part.body, () => Promise.resolve(E.right(session)))
  const sizes = program.inputs.map(({ shape }) => sizeOf(shape))
  const starts = startsOf(part)
  return {
    at: 'loop',
    part,
    body,
    run: async (values) => {
      const operands = scan.operands.map((node) => values.get(node)!)
      const result = allocate(scan.dtype, sizeOf(scan.shape))
      const held = carryFrom([...operands.slice(constants, constants + carries), ...operands.slice(0, constants)])
      const placeOf = (step: number): number => (reverse ? length - 1 - step : step)
      const slicesAt = (step: number): readonly Data[] =>
        operands.slice(constants + carries).map((x, n) => {
          const size = sizes[constants + carries + n]!
          return x.subarray(placeOf(step) * size, (placeOf(step) + 1) * size)
        })
      const stack = (step: number, ys: readonly Data[]): void => {
        returned.forEach((n, i) => {
          if (n >= carries) result.set(ys[n - carries]!, starts[i]! + placeOf(step) * ys[n - carries]!.length)
        })
      }
      let carried: readonly Data[] = operands.slice(constants, constants + carries)
      for (let done = 0; done < length;) {
        if (whileTrue !== undefined && carried[whileTrue]![0] === 0) break
        const from = done
        const steps = whileTrue === undefined ? length : Math.min(betweenLooks, length - from)
        const iteration = {
          steps,
          feed: (i: number) => slicesAt(from + i),
          onStep: (i: number, ys: readonly Data[]) => {
            stack(from + i, ys)
          }
        }
        const advanced = await held.advance(iteration)
        if (E.isLeft(advanced)) return advanced.left
        const after = held.snapshot()
        if (E.isLeft(after)) return after.left
        carried = after.right
        done += steps
      }
      returned.forEach((n, i) => {
        if (n < carries) result.set(carried[n]!, starts[i])
      })
      values.set(scan, result)
      return undefined
    }
  }
}
