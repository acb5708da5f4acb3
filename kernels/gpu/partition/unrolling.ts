import type { Node } from '../../../src/program/node.ts'
import type { Program } from '../../../src/program/program.ts'
import type { Part } from './parts.ts'

/**
 * How several steps become one call of the device: its part of the carry goes from step to step there, and is uploaded
 * and read back once. That takes one device part, the last one, and a host part whose carry no kernel changes: then all
 * that the host does for some steps, keys and draws, can be done before the first of them.
 */
export interface Unrolling {
  /** Takes of the device part that are gives of the step before, by number. */
  readonly chained: ReadonlyMap<number, number>
  /** Numbers of the carry that the device makes; all others the host knows ahead. */
  readonly onDevice: ReadonlySet<number>
}

export const unrollingOf = (program: Program, parts: readonly Part[], carry: number): Unrolling | undefined => {
  const last = parts.at(-1)
  if (carry === 0 || last?.at !== 'device' || parts.filter(({ at }) => at === 'device').length !== 1) return undefined
  const onDevice = new Set<number>()
  const chained = new Map<number, number>()
  const takenByHost = new Set(parts.filter(({ at }) => at === 'host').flatMap(({ takes }) => takes))
  const heard = new Set(program.outputs.slice(carry))
  const numberOf = new Map<Node, number>(program.inputs.map((node, i) => [node, i]))
  for (let i = 0; i < carry; i++) {
    const [before, after] = [program.inputs[i]!, program.outputs[i]!]
    const give = last.gives.indexOf(after)
    if (give >= 0) {
      // The host does not see it between the steps: neither for its own part, nor to hand it out, nor to look whether
      // integers are exact.
      if (takenByHost.has(before) || heard.has(before) || heard.has(after) || after.dtype === 'int32') return undefined
      onDevice.add(i)
      const take = last.takes.indexOf(before)
      if (take >= 0) chained.set(take, give)
    } else if ((numberOf.get(after) ?? i) !== i && (numberOf.get(after) ?? 0) < carry) {
      // One value of the carry takes another's place: rare, and left to single steps.
      return undefined
    }
  }
  return { chained, onDevice }
}
