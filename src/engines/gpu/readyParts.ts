import type { ComputedPart, LoopPart } from '../../../kernels/gpu/partition/parts.ts'
import type { Chain } from '../../../kernels/gpu/partition/unrolling.ts'
import type { PrintedPart } from '../../../kernels/gpu/printPart.ts'
import type { Node } from '../../program/node.ts'
import type { Data } from '../../tensor/dtype.ts'
import type { Device } from './device/device.ts'
import type { FaultOf } from './faultOf.ts'
import type { Pipeline } from './pipeline.ts'

/** The values of a program's nodes in one step, as far as they are known. */
export type Values = Map<Node, Data>

/** A part of a program on the host: computes the values of the part's exports from those of its imports. */
export interface ReadyHostPart {
  readonly at: 'host'
  readonly part: ComputedPart
  readonly evaluate: (values: Values) => void
}

/** A part of a program on a device. */
export interface ReadyDevicePart {
  readonly at: 'device'
  readonly part: ComputedPart
  readonly printed: PrintedPart
  /** Returns the part over so many steps as one pipeline, which is made once for each number of steps. */
  readonly over: (steps: number, chain: Chain) => Pipeline
  /** Returns how gpu.js runs the part, once it has. */
  readonly executor: () => string | undefined
}

/** A loop, which runs the parts of its body again and again. */
export interface ReadyLoopPart {
  readonly at: 'loop'
  readonly part: LoopPart
  readonly body: readonly ReadyPart[]
  /** Computes the value of the loop from those of its operands; what comes back is what went wrong. */
  readonly run: (values: Values) => Promise<FaultOf | undefined>
}

export type ReadyPart = ReadyHostPart | ReadyDevicePart | ReadyLoopPart

/** The parts of a program, ready to run on one device. */
export interface Session {
  readonly device: Device
  readonly parts: readonly ReadyPart[]
  readonly close: () => Promise<void>
}

/** Lists the device parts among some parts, those of the bodies of loops included. */
export const devicePartsOf = (parts: readonly ReadyPart[]): readonly ReadyDevicePart[] =>
  parts.flatMap((part) => (part.at === 'device' ? [part] : part.at === 'loop' ? devicePartsOf(part.body) : []))
