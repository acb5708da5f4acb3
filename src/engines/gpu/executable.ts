import * as E from '#fp-ts/Either'
import { prepare } from '../../program/evaluate.ts'
import type { Node } from '../../program/node.ts'
import type { Program } from '../../program/program.ts'
import type { Data } from '../../tensor/dtype.ts'
import { drawShape, sizeOf } from '../../tensor/shape.ts'
import type { EngineFault, Executable, Iteration } from '../engine.ts'
import { iterateFrom } from '../iterate.ts'
import { drawSession } from './explain.ts'
import type { FaultOf } from './faults.ts'
import { disposed, wrongInputs } from './faults.ts'
import type { Part } from './parts.ts'
import type { Place } from './placement.ts'
import { whereOf } from './placement.ts'
import type { Ready, Session, SessionOptions, Values } from './session.ts'
import { inexactIn, openSession } from './session.ts'
import type { Unrolling } from './unrolling.ts'
import { unrollingOf } from './unrolling.ts'

/** What the engine can say beyond the interface. */
export interface GpuExecutable extends Executable {
  /** What answers in this mode: an adapter's name, or the CPU. */
  readonly adapter: string
  /** How gpu.js runs each device part, once it has: 'fused-encoder', 'fused-threaded', 'fused-sync' or 'generic'. */
  readonly executors: () => readonly (string | undefined)[]
}

/** A program cut into parts. */
export interface Cut {
  readonly program: Program
  readonly places: ReadonlyMap<Node, Place>
  readonly parts: readonly Part[]
  readonly carry: number
}

/** Steps that become one call of the device, where they can: more save little, and take long to translate. */
const mostSteps = 8
/** Kernels of a call beyond which it is long enough. */
const mostLaunches = 2500

/** Numbers that no input changes. */
const fixedValues = ({ program, places }: Cut): Values => {
  const outputs = program.outputs.filter((node) => places.get(node) === 'free')
  const values = prepare({ inputs: [], outputs }, 'float32')([])
  return new Map(outputs.map((node, i) => [node, values[i]!]))
}

const asInput = (data: Data, { dtype }: Node): Data =>
  dtype === 'float32' && data instanceof Float64Array ? Float32Array.from(data) : data

const misfitOf = (inputs: readonly Node[], data: readonly Data[]): FaultOf | undefined => {
  if (data.length !== inputs.length)
    return wrongInputs(`${String(inputs.length)} arrays`, `${String(data.length)} arrays`)
  const at = inputs.findIndex(({ shape }, i) => data[i]!.length !== sizeOf(shape))
  return at < 0
    ? undefined
    : wrongInputs(
        `input ${String(at)} of shape ${drawShape(inputs[at]!.shape)}`,
        `${String(data[at]!.length)} elements`
      )
}

const runDevice = async (
  { part, single }: Ready & { readonly at: 'device' },
  values: Values
): Promise<FaultOf | undefined> => {
  const taken = part.takes.map((node) => values.get(node)!)
  const inexact = inexactIn(taken)
  if (inexact !== undefined) return inexact
  const results = await single.run(new Map(), [taken])
  if (E.isLeft(results)) return results.left
  part.gives.forEach((node, i) => values.set(node, results.right[0]![i]!))
  return undefined
}

/** The executable of a cut program, whose first session is open. After a device is lost, the next call opens another. */
export const executableOf = (name: string, cut: Cut, first: Session, options: SessionOptions): GpuExecutable => {
  const { program, parts, carry } = cut
  const fixed = fixedValues(cut)
  const unrolling = unrollingOf(program, parts, carry)
  let session: Session | undefined = first
  let latest = first
  let inUse = true

  const opened = async (): Promise<E.Either<FaultOf, Session>> => {
    if (session !== undefined && session.device.lost() !== undefined) {
      session.close().catch(() => undefined)
      session = undefined
    }
    if (session !== undefined) return E.right(session)
    const again = await openSession(parts, options)
    if (E.isRight(again)) latest = session = again.right
    return again
  }
  /** One call at a time: each has the session that it began with. */
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = <A>(job: () => Promise<E.Either<FaultOf, A>>): Promise<E.Either<EngineFault, A>> => {
    const run = async (): Promise<E.Either<EngineFault, A>> => {
      const result = inUse ? await job() : E.left(disposed)
      // What was disposed of meanwhile failed because of that.
      return E.isLeft(result) ? E.left((inUse ? result.left : disposed)(name)) : result
    }
    const result = queue.then(run)
    queue = result.catch(() => undefined)
    return result
  }

  const valuesOf = (inputs: readonly (Data | undefined)[]): Values => {
    const values: Values = new Map(fixed)
    inputs.forEach((data, i) => {
      if (data !== undefined) values.set(program.inputs[i]!, asInput(data, program.inputs[i]!))
    })
    return values
  }

  const step = async (inputs: readonly Data[]): Promise<E.Either<FaultOf, readonly Data[]>> => {
    const misfit = misfitOf(program.inputs, inputs)
    if (misfit !== undefined) return E.left(misfit)
    const own = await opened()
    if (E.isLeft(own)) return own
    const values = valuesOf(inputs)
    for (const one of own.right.ready) {
      if (one.at === 'host') one.evaluate(values)
      else {
        const fault = await runDevice(one, values)
        if (fault !== undefined) return E.left(fault)
      }
    }
    return E.right(program.outputs.map((node) => values.get(node)!.slice()))
  }

  /** Several steps as one call: the host's part of each first, then the device's of all. */
  const block = async (
    { onDevice, chained }: Unrolling,
    before: readonly Data[],
    feeds: readonly (readonly Data[])[]
  ): Promise<E.Either<FaultOf, readonly (readonly (Data | undefined)[])[]>> => {
    const own = await opened()
    if (E.isLeft(own)) return own
    const { ready } = own.right
    const last = ready.at(-1)!.part
    let known: readonly (Data | undefined)[] = before
    const steps: Values[] = []
    const fed: (readonly (Data | undefined)[])[] = []
    for (const feed of feeds) {
      const misfit = misfitOf(program.inputs.slice(carry), feed)
      if (misfit !== undefined) return E.left(misfit)
      const values = valuesOf([...known, ...feed])
      for (const one of ready) if (one.at === 'host') one.evaluate(values)
      const taken = last.takes.map((node, i) => (chained.has(i) ? undefined : values.get(node)))
      const inexact = inexactIn(taken)
      if (inexact !== undefined) return E.left(inexact)
      fed.push(taken)
      steps.push(values)
      known = program.outputs.slice(0, carry).map((node, i) => (onDevice.has(i) ? undefined : values.get(node)))
    }
    const initial = new Map([...chained.keys()].map((take) => [take, steps[0]!.get(last.takes[take]!)!]))
    const results = await own.right.unrolled({ onDevice, chained }, feeds.length).run(initial, fed)
    if (E.isLeft(results)) return results
    return E.right(
      steps.map((values, n) => {
        last.gives.forEach((node, i) => {
          const data = results.right[n]![i]
          if (data !== undefined) values.set(node, data)
          else values.delete(node)
        })
        return program.outputs.map((node) => values.get(node)?.slice())
      })
    )
  }

  const resident: Executable['resident'] = (initial) => async () => {
    const misfit = misfitOf(program.inputs.slice(0, carry), initial)
    if (misfit !== undefined) return E.left(misfit(name))
    let held: readonly Data[] | undefined = initial.map((data) => data.slice())

    /** Steps that the next call takes: as many as there is a plan for, or is worth one. */
    const stepsAhead = (left: number): number => {
      const single = session?.ready.at(-1)
      const isShort = single?.at === 'device' && single.work.launches.length * mostSteps <= mostLaunches
      return unrolling !== undefined && isShort && left >= mostSteps ? mostSteps : 1
    }
    const advance = async ({ steps, feed, onStep }: Iteration): Promise<E.Either<FaultOf, void>> => {
      for (let n = 0; n < steps;) {
        if (held === undefined) return E.left(disposed)
        const count = stepsAhead(steps - n)
        const feeds = Array.from({ length: count }, (_, i) => feed(n + i))
        const one = count === 1 ? await step([...held, ...feeds[0]!]) : undefined
        const outputs =
          one === undefined ? await block(unrolling!, held, feeds) : E.map((x: readonly Data[]) => [x])(one)
        if (E.isLeft(outputs)) return outputs
        held = outputs.right.at(-1)!.slice(0, carry) as readonly Data[]
        outputs.right.forEach((values, i) => onStep?.(n + i, values.slice(carry) as readonly Data[]))
        n += count
      }
      return E.right(undefined)
    }
    return E.right({
      advance: (iteration) => () => inTurn(() => advance(iteration)),
      snapshot: () => () =>
        inTurn(async () =>
          held === undefined ? E.left(disposed) : E.right(held.map((data) => data.slice()) as readonly Data[])
        ),
      dispose: () => {
        held = undefined
      }
    })
  }

  return {
    engine: name,
    adapter: first.device.adapter,
    where: whereOf(cut.places),
    executors: () => latest.ready.flatMap((one) => (one.at === 'device' ? [one.single.executor()] : [])),
    run: (inputs) => () => inTurn(() => step(inputs)),
    resident,
    iterate: iterateFrom(resident),
    explain: () => drawSession(name, latest),
    dispose: () => {
      if (!inUse) return
      inUse = false
      const release = session
      session = undefined
      void queue.then(() => release?.close()).catch(() => undefined)
    }
  }
}
