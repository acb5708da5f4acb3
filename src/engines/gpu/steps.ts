import * as E from '#fp-ts/Either'
import type { Partition } from '../../../kernels/gpu/partition/parts.ts'
import type { Unrolling } from '../../../kernels/gpu/partition/unrolling.ts'
import { prepare } from '../../program/evaluate.ts'
import type { Node } from '../../program/node.ts'
import type { Data } from '../../tensor/dtype.ts'
import { showShape, sizeOf } from '../../tensor/shape.ts'
import type { FaultOf } from './faultOf.ts'
import { inexactInteger, wrongInputs } from './faults.ts'
import { noChain } from './pipeline.ts'
import type { ReadyDevicePart, Session, Values } from './readyParts.ts'
import { firstInexact } from './transfer.ts'

/** How the steps of a program run on a session. */
export interface Steps {
  /** Takes one step and returns its outputs. */
  readonly single: (session: Session, inputs: readonly Data[]) => Promise<E.Either<FaultOf, readonly Data[]>>
  /**
   * Takes several steps in one call of the device: the host's share of all of them first, then the device's. Returns the
   * outputs of each step; a carry that stays on the device is undefined but after the last.
   */
  readonly together: (
    session: Session,
    unrolling: Unrolling,
    before: readonly Data[],
    feeds: readonly (readonly Data[])[]
  ) => Promise<E.Either<FaultOf, readonly (readonly (Data | undefined)[])[]>>
}

/** Computes what depends on no input and is an output or goes into a loop. */
const fixedValues = ({ program, places, parts }: Partition): Values => {
  const read = [...program.outputs, ...parts.flatMap((part) => (part.at === 'loop' ? part.imports : []))]
  const outputs = [...new Set(read)].filter((node) => places.get(node) === 'free')
  const values = prepare({ inputs: [], outputs }, 'float32')([])
  return new Map(outputs.map((node, i) => [node, values[i]!]))
}

const asInput = (data: Data, { dtype }: Node): Data =>
  dtype === 'float32' && data instanceof Float64Array ? Float32Array.from(data) : data

/** Finds what is wrong with arrays that are to be these inputs. */
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

/** Finds an integer that a device part imports and float32 may not hold. */
const inexactIn = (imported: readonly (Data | undefined)[]): FaultOf | undefined => {
  const value = imported.map((data) => data && firstInexact(data)).find((found) => found !== undefined)
  return value === undefined ? undefined : inexactInteger(value)
}

const runDevice = async ({ part, over }: ReadyDevicePart, values: Values): Promise<FaultOf | undefined> => {
  const imported = part.imports.map((node) => values.get(node)!)
  const inexact = inexactIn(imported)
  if (inexact !== undefined) return inexact
  const results = await over(1, noChain).run(new Map(), [imported])
  if (E.isLeft(results)) return results.left
  part.exports.forEach((node, i) => values.set(node, results.right[0]![i]!))
  return undefined
}

/** Prepares the steps of a program. */
export const stepsOf = (partition: Partition): Steps => {
  const { program, carry } = partition
  const { inputs, outputs } = program
  const fixed = fixedValues(partition)
  const valuesOf = (given: readonly (Data | undefined)[]): Values => {
    const values: Values = new Map(fixed)
    given.forEach((data, i) => {
      if (data !== undefined) values.set(inputs[i]!, asInput(data, inputs[i]!))
    })
    return values
  }
  return {
    single: async ({ parts }, given) => {
      const misfit = misfitOf(inputs, given)
      if (misfit !== undefined) return E.left(misfit)
      const values = valuesOf(given)
      for (const part of parts) {
        if (part.at === 'host') {
          part.evaluate(values)
          continue
        }
        const fault = await (part.at === 'loop' ? part.run(values) : runDevice(part, values))
        if (fault !== undefined) return E.left(fault)
      }
      return E.right(outputs.map((node) => values.get(node)!.slice()))
    },
    together: async ({ parts }, { onDevice, chain }, before, feeds) => {
      const { chained } = chain
      const { part, over } = parts.at(-1)! as ReadyDevicePart
      const steps: Values[] = []
      const imported: (readonly (Data | undefined)[])[] = []
      let known: readonly (Data | undefined)[] = before
      for (const feed of feeds) {
        const misfit = misfitOf(inputs, [...before, ...feed])
        if (misfit !== undefined) return E.left(misfit)
        const values = valuesOf([...known, ...feed])
        for (const one of parts) if (one.at === 'host') one.evaluate(values)
        const fed = part.imports.map((node, i) => (chained.has(i) ? undefined : values.get(node)))
        const inexact = inexactIn(fed)
        if (inexact !== undefined) return E.left(inexact)
        imported.push(fed)
        steps.push(values)
        known = outputs.slice(0, carry).map((node, i) => (onDevice.has(i) ? undefined : values.get(node)))
      }
      const initial = new Map([...chained.keys()].map((i) => [i, steps[0]!.get(part.imports[i]!)!]))
      const results = await over(feeds.length, chain).run(initial, imported)
      if (E.isLeft(results)) return results
      return E.right(
        steps.map((values, n) => {
          part.exports.forEach((node, i) => {
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
