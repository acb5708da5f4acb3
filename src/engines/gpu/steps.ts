import * as E from '#fp-ts/Either'
import { prepare } from '../../program/evaluate.ts'
import type { Node } from '../../program/node.ts'
import type { Program } from '../../program/program.ts'
import type { Data } from '../../tensor/dtype.ts'
import { showShape, sizeOf } from '../../tensor/shape.ts'
import type { FaultOf } from './faults.ts'
import { wrongInputs } from './faults.ts'
import type { Part } from '../../../kernels/gpu/partition/parts.ts'
import type { Place } from '../../../kernels/gpu/partition/placement.ts'
import type { Ready, Session, Values } from './session.ts'
import { inexactIn } from './session.ts'
import type { Unrolling } from '../../../kernels/gpu/partition/unrolling.ts'

/** A program cut into parts. */
export interface Cut {
  readonly program: Program
  readonly places: ReadonlyMap<Node, Place>
  readonly parts: readonly Part[]
  readonly carry: number
}

/** What steps of a program do on a session. */
export interface Steps {
  /** The outputs of one step. */
  readonly single: (session: Session, inputs: readonly Data[]) => Promise<E.Either<FaultOf, readonly Data[]>>
  /**
   * The outputs of several steps in one call of the device, of each what is read back: the host's part of each first, then
   * the device's of all.
   */
  readonly together: (
    session: Session,
    unrolling: Unrolling,
    before: readonly Data[],
    feeds: readonly (readonly Data[])[]
  ) => Promise<E.Either<FaultOf, readonly (readonly (Data | undefined)[])[]>>
}

type DevicePart = Ready & { readonly at: 'device' }

/** Numbers that no input changes. */
const fixedValues = ({ program, places }: Cut): Values => {
  const outputs = program.outputs.filter((node) => places.get(node) === 'free')
  const values = prepare({ inputs: [], outputs }, 'float32')([])
  return new Map(outputs.map((node, i) => [node, values[i]!]))
}

const asInput = (data: Data, { dtype }: Node): Data =>
  dtype === 'float32' && data instanceof Float64Array ? Float32Array.from(data) : data

/** What is wrong with arrays that are to be these inputs. */
export const misfitOf = (inputs: readonly Node[], data: readonly Data[]): FaultOf | undefined => {
  if (data.length !== inputs.length)
    return wrongInputs(`${String(inputs.length)} arrays`, `${String(data.length)} arrays`)
  const at = inputs.findIndex(({ shape }, i) => data[i]!.length !== sizeOf(shape))
  return at < 0
    ? undefined
    : wrongInputs(
        `input ${String(at)} of shape ${showShape(inputs[at]!.shape)}`,
        `${String(data[at]!.length)} elements`
      )
}

const runDevice = async ({ part, over }: DevicePart, values: Values): Promise<FaultOf | undefined> => {
  const taken = part.takes.map((node) => values.get(node)!)
  const inexact = inexactIn(taken)
  if (inexact !== undefined) return inexact
  const results = await over(1, new Map()).run(new Map(), [taken])
  if (E.isLeft(results)) return results.left
  part.gives.forEach((node, i) => values.set(node, results.right[0]![i]!))
  return undefined
}

export const stepsOf = (cut: Cut): Steps => {
  const { program, carry } = cut
  const { inputs, outputs } = program
  const fixed = fixedValues(cut)
  const valuesOf = (given: readonly (Data | undefined)[]): Values => {
    const values: Values = new Map(fixed)
    given.forEach((data, i) => {
      if (data !== undefined) values.set(inputs[i]!, asInput(data, inputs[i]!))
    })
    return values
  }
  return {
    single: async ({ ready }, given) => {
      const misfit = misfitOf(inputs, given)
      if (misfit !== undefined) return E.left(misfit)
      const values = valuesOf(given)
      for (const one of ready) {
        if (one.at === 'host') one.evaluate(values)
        else {
          const fault = await runDevice(one, values)
          if (fault !== undefined) return E.left(fault)
        }
      }
      return E.right(outputs.map((node) => values.get(node)!.slice()))
    },
    together: async ({ ready }, { onDevice, chained }, before, feeds) => {
      const { part, over } = ready.at(-1)! as DevicePart
      let known: readonly (Data | undefined)[] = before
      const steps: Values[] = []
      const fed: (readonly (Data | undefined)[])[] = []
      for (const feed of feeds) {
        const misfit = misfitOf(inputs, [...before, ...feed])
        if (misfit !== undefined) return E.left(misfit)
        const values = valuesOf([...known, ...feed])
        for (const one of ready) if (one.at === 'host') one.evaluate(values)
        const taken = part.takes.map((node, i) => (chained.has(i) ? undefined : values.get(node)))
        const inexact = inexactIn(taken)
        if (inexact !== undefined) return E.left(inexact)
        fed.push(taken)
        steps.push(values)
        known = outputs.slice(0, carry).map((node, i) => (onDevice.has(i) ? undefined : values.get(node)))
      }
      const initial = new Map([...chained.keys()].map((take) => [take, steps[0]!.get(part.takes[take]!)!]))
      const results = await over(feeds.length, chained).run(initial, fed)
      if (E.isLeft(results)) return results
      return E.right(
        steps.map((values, n) => {
          part.gives.forEach((node, i) => {
            const data = results.right[n]![i]
            if (data !== undefined) values.set(node, data)
            else values.delete(node)
          })
          return outputs.map((node) => values.get(node)?.slice())
        })
      )
    }
  }
}
