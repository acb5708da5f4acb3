import { o } from '../../primitives/vocabulary.ts'
import { call } from '../../program/call.ts'
import { makeInput, openGraph, within } from '../../program/graph.ts'
import type { Node } from '../../program/node.ts'
import type { Program } from '../../program/program.ts'
import { nodesOf, rebuild } from '../../program/program.ts'
import type { Scan, ScanParams } from '../../program/scan.ts'
import { bodyOf, isScan, partsOf } from '../../program/scan.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import { eraseIdentities } from './eraseIdentities.ts'

/** Says which parts of a scan's result somebody reads. */
type Parts = ReadonlySet<number>

/** One loop that does the work of several. */
interface Merged {
  readonly params: ScanParams
  readonly operands: readonly Node[]
  /** How many operations its body has. */
  readonly size: number
  /** Where its result has a part of one of the several: the number of its own part; undefined where nobody reads it. */
  readonly partOf: (scan: Scan, part: number) => number | undefined
}

const rangesOf = (params: ScanParams): readonly (readonly [start: number, end: number])[] => {
  let end = 0
  return partsOf(params).map(({ shape }) => [end, (end += sizeOf(shape))])
}

/** Finds the parts of each scan that slices read; where something else reads it, all of them. */
const readParts = (order: readonly Node[], outputs: readonly Node[]): ReadonlyMap<Node, Parts> => {
  const found = new Map<Node, Set<number>>()
  const read = (scan: Node, start: number, end: number): void => {
    const parts = found.get(scan) ?? new Set()
    found.set(scan, parts)
    rangesOf((scan as Scan).params).forEach(([first, last], part) => {
      if (first < end && start < last) parts.add(part)
    })
  }
  for (const output of outputs) if (isScan(output)) read(output, 0, Infinity)
  for (const { primitive, params, operands } of order)
    for (const scan of operands.filter(isScan)) {
      const [start, limit] = [params['start'], params['limit']] as [readonly number[], readonly number[]]
      if (primitive.name === 'slice') read(scan, start[0]!, limit[0]!)
      else read(scan, 0, Infinity)
    }
  return found
}

/** The bodies of scans in one graph, in which inputs that are given the same are one. */
interface Bodies {
  readonly outputs: readonly (readonly Node[])[]
  readonly inputs: ReadonlyMap<string, Node>
}

const bodiesOf = (scans: readonly Scan[], classes: readonly (readonly number[])[]): Bodies => {
  const graph = openGraph(o)
  return within(graph, () => {
    const inputs = new Map<string, Node>()
    const inputOf = (key: string, aval: Aval): Node => {
      const made = inputs.get(key) ?? makeInput(graph, aval, key)
      inputs.set(key, made)
      return made
    }
    const outputs = scans.map(({ params: { body, constants, carries }, operands }, s) => {
      const own = body.inputs.map((x, i) => {
        if (i < constants) return inputOf(`constant ${String(operands[i]!.id)}`, x)
        if (i < constants + carries) return inputOf(`carry ${String(classes[s]![i - constants]!)}`, x)
        return inputOf(`x ${String(operands[i]!.id)}`, x)
      })
      return rebuild(graph, body, own, (node, given) => eraseIdentities(node, given) ?? call(node.primitive, node.params, given)).outputs // prettier-ignore
    })
    return { outputs, inputs }
  })
}

const numbersOf = (keys: readonly (readonly string[])[]): readonly (readonly number[])[] => {
  const numbers = new Map<string, number>()
  for (const key of keys.flat()) if (!numbers.has(key)) numbers.set(key, numbers.size)
  return keys.map((list) => list.map((key) => numbers.get(key)!))
}

const countOf = (classes: readonly (readonly number[])[]): number => new Set(classes.flat()).size

/**
 * Finds which carries are always equal, by the coarsest partition that does not contradict itself: they begin as one value, and
 * go on as one if those that they depend on are equal.
 */
const equalCarries = (
  scans: readonly Scan[]
): { readonly classes: readonly (readonly number[])[]; readonly bodies: Bodies } => {
  let classes = numbersOf(scans.map(({ params: { constants, carries }, operands }) => operands.slice(constants, constants + carries).map(({ id }) => String(id)))) // prettier-ignore
  for (;;) {
    const bodies = bodiesOf(scans, classes)
    const finer = numbersOf(classes.map((list, s) => list.map((of, n) => `${String(of)} ${String(bodies.outputs[s]![n]!.id)}`))) // prettier-ignore
    if (countOf(finer) === countOf(classes)) return { classes, bodies }
    classes = finer
  }
}

/** Tells whether a scan has nothing to leave out: all of its parts are read, and no two of its carries begin as one value. */
const isWhole = ({ params: { returned, constants, carries }, operands }: Scan, parts: Parts | undefined): boolean =>
  parts?.size === returned.length && new Set(operands.slice(constants, constants + carries)).size === carries

/** A scan by itself. */
const unmerged = ({ params, operands }: Scan): Merged => ({
  params,
  operands,
  size: nodesOf(params.body.outputs).filter((node) => node.operands.length > 0 && node.primitive.identity !== 'erased')
    .length,
  partOf: (_, part) => part
})

/** Makes one loop of scans of one length and direction that do not depend on each other; undefined where it may not be. */
const merge = (scans: readonly Scan[], read: ReadonlyMap<Node, Parts>): Merged | undefined => {
  const { classes, bodies } = equalCarries(scans)
  const ends = scans.map(({ params: { whileTrue } }, s) =>
    whileTrue === undefined ? undefined : classes[s]![whileTrue]!
  )
  const conditions = [...new Set(ends)].filter((end) => end !== undefined)
  if (conditions.length > 1) return undefined
  // A loop that goes on to its bound computes all that one that stops does.
  const end = ends.includes(undefined) ? undefined : conditions[0]

  const wanted = scans.flatMap((scan, s) =>
    scan.params.returned.flatMap((n, part) => {
      if (read.get(scan)?.has(part) !== true) return []
      const carry = n < scan.params.carries ? classes[s]![n]! : undefined
      return [{ scan, part, carry, output: bodies.outputs[s]![n]! }]
    })
  )
  const nextOf = new Map<number, Node>(classes.flatMap((list, s) => list.map((of, n) => [of, bodies.outputs[s]![n]!] as const))) // prettier-ignore
  const needed = new Set(wanted.flatMap(({ carry }) => (carry === undefined ? [] : [carry])))
  if (end !== undefined) needed.add(end)
  const ys = [...new Set(wanted.flatMap(({ carry, output }) => (carry === undefined ? [output] : [])))]
  let order: readonly Node[]
  for (;;) {
    order = nodesOf([...[...needed].map((of) => nextOf.get(of)!), ...ys])
    const reached = new Set(order)
    const more = [...nextOf.keys()].filter(
      (of) => !needed.has(of) && reached.has(bodies.inputs.get(`carry ${String(of)}`)!)
    )
    if (more.length === 0) break
    for (const of of more) needed.add(of)
  }

  const reached = new Set(order)
  const carries = [...needed].sort((a, b) => a - b)
  const variables = (kind: string, operandsOf: (scan: Scan) => readonly Node[]): readonly (readonly [Node, Node])[] =>
    [...new Set(scans.flatMap(operandsOf))].flatMap((operand) => {
      const input = bodies.inputs.get(`${kind} ${String(operand.id)}`)!
      return reached.has(input) ? [[input, operand] as const] : []
    })
  const constants = variables('constant', ({ params, operands }) => operands.slice(0, params.constants))
  const xs = variables('x', ({ params, operands }) => operands.slice(params.constants + params.carries))
  const firstOf = new Map<number, Node>(scans.flatMap(({ params, operands }, s) => classes[s]!.map((of, n) => [of, operands[params.constants + n]!] as const))) // prettier-ignore
  const firsts = carries.map((of) => [bodies.inputs.get(`carry ${String(of)}`)!, firstOf.get(of)!] as const)
  const all = [...constants, ...firsts, ...xs]

  const placeOf = ({ carry, output }: (typeof wanted)[number]): number =>
    carry === undefined ? carries.length + ys.indexOf(output) : carries.indexOf(carry)
  const returned = [...new Set(wanted.map(placeOf))]
  const parts = new Map(scans.map((scan) => [scan, new Map<number, number>()]))
  for (const one of wanted) parts.get(one.scan)!.set(one.part, returned.indexOf(placeOf(one)))
  const { length, reverse } = scans[0]!.params
  return {
    params: {
      body: bodyOf({ inputs: all.map(([input]) => input), outputs: [...carries.map((of) => nextOf.get(of)!), ...ys] }),
      constants: constants.length,
      carries: carries.length,
      length,
      reverse,
      returned,
      linear: [],
      keep: 'all',
      ...(end !== undefined && { whileTrue: carries.indexOf(end) })
    },
    operands: all.map(([, operand]) => operand),
    size: order.filter(({ operands }) => operands.length > 0).length,
    partOf: (scan, part) => parts.get(scan)!.get(part)
  }
}

/**
 * Puts each scan into the first group with which it has work in common. The scans of a group lie behind equally many others, so that none
 * depends on another one.
 */
const groupsOf = (order: readonly Node[], read: ReadonlyMap<Node, Parts>): ReadonlyMap<Node, Merged> => {
  interface Group {
    readonly scans: readonly Scan[]
    readonly merged: Merged
  }
  const depths = new Map<Node, number>()
  const groups = new Map<string, Group[]>()
  for (const node of order) {
    const depth = node.operands.reduce((most, x) => Math.max(most, depths.get(x)!), 0)
    depths.set(node, isScan(node) ? depth + 1 : depth)
    if (!isScan(node)) continue
    const alone = isWhole(node, read.get(node)) ? unmerged(node) : merge([node], read)!
    const { length, reverse } = node.params
    const key = [depth, length, reverse, node.dtype].join()
    const alike = groups.get(key) ?? []
    groups.set(key, alike)
    const joined = alike.findIndex(({ scans, merged }, i) => {
      const together = merge([...scans, node], read)
      if (together === undefined || together.size >= merged.size + alone.size) return false
      alike[i] = { scans: [...scans, node], merged: together }
      return true
    })
    if (joined < 0) alike.push({ scans: [node], merged: alone })
  }
  return new Map(
    [...groups.values()].flat().flatMap(({ scans, merged }) => scans.map((scan) => [scan, merged] as const))
  )
}

/** What a scan returns, of the result of the loop that does its work; zeros where nobody reads it. */
const resultOf = (scan: Scan, packed: Tensor, { params, partOf }: Merged): Tensor => {
  const places = rangesOf(params)
  const pieces = rangesOf(scan.params).map(([start, end], part) => {
    const place = partOf(scan, part)
    return place === undefined ? o.full([end - start], 0, scan.dtype) : o.slice(packed, [places[place]![0]], [places[place]![1]]) // prettier-ignore
  })
  return pieces.length === 1 ? pieces[0]! : o.concat(pieces, 0)
}

/**
 * Makes one loop of loops that have work in common, such as a loop and the one that keeps what its derivative reads; and leaves
 * out of each what nobody reads, with the carries that serve nothing else.
 */
export const mergeScans = (program: Program): Program => {
  const order = nodesOf(program.outputs)
  if (!order.some(isScan)) return program
  const merged = groupsOf(order, readParts(order, program.outputs))
  if ([...merged].every(([scan, { params }]) => params === scan.params)) return program
  const graph = openGraph(o)
  return within(graph, () => {
    const inputs = program.inputs.map((node) => makeInput(graph, node, String(node.params['label'])))
    return rebuild(
      graph,
      program,
      inputs,
      (node, operands) => {
        const own = merged.get(node)
        if (own === undefined || own.params === node.params) return call(node.primitive, node.params, operands)
        return resultOf(node as Scan, call(node.primitive, own.params, operands), own)
      },
      (node) => merged.get(node)?.operands ?? node.operands
    )
  })
}
