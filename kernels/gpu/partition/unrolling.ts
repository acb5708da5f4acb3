import type { Node } from '../../../src/program/node.ts'
import type { Program } from '../../../src/program/program.ts'
import type { Part } from './parts.ts'

/** Where the imports of a device part come from, over several steps in one call. */
export interface Chain {
  /** For imports that are exports of the step before: the number of the export by that of the import. */
  readonly chained: ReadonlyMap<number, number>
  /** Imports, by number, that are the same in every step. */
  readonly fixed: ReadonlySet<number>
}

/**
 * How several steps become one call of the device: the carry that kernels change goes from step to step on the device, and
 * is uploaded and read back once. This requires that the program has one device part, its last, and that the host parts use
 * no carry that kernels change. Then the host can do its share of several steps (keys and draws) before the first of them.
 */
export interface Unrolling {
  readonly chain: Chain
  /** Which values of the carry the device computes, by number; the host knows all others ahead. */
  readonly onDevice: ReadonlySet<number>
}

/** Returns how steps of a program can be taken together; nothing where they cannot. */
export const unrollingOf = (program: Program, parts: readonly Part[], carry: number): Unrolling | undefined => {
  const last = parts.at(-1)
  if (parts.some(({ at }) => at === 'loop')) return undefined
  if (carry === 0 || last?.at !== 'device' || parts.filter(({ at }) => at === 'device').length !== 1) return undefined
  const onDevice = new Set<number>()
  const chained = new Map<number, number>()
  const fixed = new Set<number>()
  const importedByHost = new Set(parts.filter(({ at }) => at === 'host').flatMap(({ imports }) => imports))
  const returned = new Set(program.outputs.slice(carry))
  const numberOf = new Map<Node, number>(program.inputs.map((node, i) => [node, i]))
  for (let i = 0; i < carry; i++) {
    const [before, after] = [program.inputs[i]!, program.outputs[i]!]
    const exported = last.exports.indexOf(after)
    const imported = last.imports.indexOf(before)
    if (before === after && imported >= 0) fixed.add(imported)
    if (exported >= 0) {
      // Between the steps the host does not see the value, so it can neither use it nor return it nor check its integers.
      if (importedByHost.has(before) || returned.has(before) || returned.has(after) || after.dtype === 'int32')
        return undefined
      onDevice.add(i)
      if (imported >= 0) chained.set(imported, exported)
    } else if ((numberOf.get(after) ?? i) !== i && (numberOf.get(after) ?? 0) < carry) {
      // One value of the carry takes another's place: rare, and left to single steps.
      return undefined
    }
  }
  return { chain: { chained, fixed }, onDevice }
}
