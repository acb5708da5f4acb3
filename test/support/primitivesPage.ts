import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { placesOf } from '../../kernels/gpu/partition/placement.ts'
import { patternOf } from '../../src/compiler/fuse/pattern.ts'
import { registry } from '../../src/primitives/registry.ts'
import type { PrimitiveName } from '../../src/primitives/registry.ts'
import { literalValue } from '../../src/primitives/rules/literal.ts'
import { o } from '../../src/primitives/vocabulary.ts'
import { intern, makeInput, openGraph, within } from '../../src/program/graph.ts'
import type { Node } from '../../src/program/node.ts'
import { isNode } from '../../src/program/node.ts'
import type { AnyPrimitive } from '../../src/program/primitive.ts'
import { linearOperands } from '../../src/program/primitive.ts'
import type { Tangent } from '../../src/program/tangent.ts'
import { isZero } from '../../src/program/tangent.ts'
import { sizeOf } from '../../src/tensor/shape.ts'
import { caseFrom, caseSources } from './arbitraries.ts'
import { drawsFrom } from './draws.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const names = Object.keys(registry) as PrimitiveName[]

/** A primitive applied to fresh inputs, and what its rules make of them. */
const applied = (name: PrimitiveName, seed: number) => {
  const primitive: AnyPrimitive = registry[name]
  const { params, operands: draw } = caseFrom(caseSources[name], seed)
  const graph = openGraph(o)
  const operands = draw(drawsFrom(seed)).map((x, i) => makeInput(graph, x, `x${String(i)}`))
  const result = intern(graph, primitive, params, operands)
  return { primitive, params, graph, operands, result }
}
type Applied = ReturnType<typeof applied>

const trials = (name: PrimitiveName): readonly Applied[] => Array.from({ length: 40 }, (_, seed) => applied(name, seed))

/** The first case without a trivial extent, so that no rule is simplified away; of floats, if there is one. */
const typical = (all: readonly Applied[]): Applied => {
  const full = all.filter(({ operands, result }) =>
    [...operands, result].every(({ shape }) => sizeOf(shape) > 0 && shape.every((n) => n > 1))
  )
  return [...full, ...all].find(({ result }) => result.dtype === 'float32') ?? full[0] ?? all[0]!
}

/** The order that a comparison asks for, the one attribute that is shown. */
const comparison = ({ primitive, params }: Node): string =>
  primitive === registry.compare ? `[${String(params['name'])}]` : ''

/** A rule's result as nested calls, attributes left out. */
const text = (x: Tangent, known: ReadonlyMap<Tangent, string>): string => {
  const name = known.get(x)
  if (name !== undefined) return name
  if (isZero(x) || !isNode(x)) return '0'
  const value = literalValue(x)
  return value !== undefined
    ? String(value)
    : `${x.primitive.name}${comparison(x)}(${x.operands.map((operand) => text(operand, known)).join(', ')})`
}

const operandName = (count: number, i: number): string => (count === 1 ? 'x' : `x${String(i)}`)

const named = ({ operands, result }: Applied, others: readonly (readonly [Node, string])[]): Map<Tangent, string> =>
  new Map<Tangent, string>([
    ...operands.map((x, i) => [x, operandName(operands.length, i)] as const),
    [result, 'y'],
    ...others
  ])

/** Letters of a rule that is shown; what is longer reads better in the mathematics above the primitive. */
const longest = 300

const tangentRule = (at: Applied): string => {
  const { primitive, params, graph, operands, result } = at
  if (primitive.jvp === undefined) return primitive.linearity === 'none' ? '0' : 'linear'
  const through = primitive.tangentsThrough?.(operands.length, params) ?? operands.map((_, i) => i)
  const tangents = operands.map((x) => makeInput(graph, x, 'tangent'))
  const known = named(
    at,
    through.map((i) => [tangents[i]!, `d${operandName(operands.length, i)}`] as const)
  )
  const rule = text(
    within(graph, () => primitive.jvp!(o, operands, tangents, result, params)),
    known
  )
  return rule.length > longest ? 'in its file' : `\`${rule}\``
}

const transposeRules = (at: Applied): string => {
  const { primitive, params, graph, operands, result } = at
  const { transpose } = primitive
  if (transpose === undefined) return ''
  const cotangent = makeInput(graph, result, 'cotangent')
  const known = named(at, [[cotangent, 'c']])
  return linearOperands(primitive, operands.length, {})
    .map((i) => {
      const rule = text(
        within(graph, () => transpose(o, cotangent, i, operands, params)),
        known
      )
      return operands.length === 1 ? `\`${rule}\`` : `${operandName(operands.length, i)}: \`${rule}\``
    })
    .join('<br>')
}

const linearityOf = ({ linearity }: AnyPrimitive, count: number): string => {
  if (linearity === 'none' || typeof linearity === 'function') return 'in none'
  if (linearity === 'jointly in all') return count === 1 ? 'linear' : 'in all together'
  const own = linearity.in.map((i) => operandName(count, i)).join(', ')
  return linearity.in.length === 1 ? `in ${own}` : `in ${own}, ${linearity.how === 'jointly' ? 'together' : 'each'}`
}

/** How the primitive is batched when all of its operands are. */
const batchRule = (at: Applied): string => {
  const { primitive, params, graph, operands } = at
  const size = 5
  const batched = operands.map((x) => makeInput(graph, { shape: [size, ...x.shape], dtype: x.dtype }, 'batched'))
  const known = new Map<Tangent, string>(batched.map((x, i) => [x, operandName(operands.length, i)]))
  const marks = operands.map(() => true)
  return operands.length === 0
    ? ''
    : `\`${text(
        within(graph, () => primitive.batch(o, batched, marks, params, size)),
        known
      )}\``
}

const distinct = (words: readonly (string | undefined)[]): string =>
  [...new Set(words.filter((word) => word !== undefined))].sort().join(' or ')

const loweringOf = ({ primitive, params, operands, result }: Applied): string => {
  const lowering = primitive.lower(operands, result, params)
  if (lowering.kind !== 'nest') return lowering.kind
  if (lowering.reduction === undefined) return primitive.view === undefined ? 'map' : 'view'
  return lowering.anchor === undefined ? lowering.reduction.combine : `sum (${lowering.anchor.kind})`
}

/** The kind of kernel that computes it on the WebAssembly engine. */
const onWasm = ({ result }: Applied): string => {
  const pattern = patternOf(result)
  if (pattern.kind === 'map') return pattern.alias ? 'nothing' : 'loops'
  return { reduction: 'loops', alias: 'nothing', leaf: 'nothing' }[pattern.kind as string] ?? pattern.kind
}

/** Where gpu.js's engine computes it; what is empty, which the host does, is left out. */
const onGpu = ({ operands, result }: Applied): string | undefined => {
  if ([...operands, result].some(({ shape }) => sizeOf(shape) === 0)) return undefined
  const place = placesOf({ inputs: operands, outputs: [result] }).get(result)
  return place === 'host' ? 'host' : 'device'
}

/** The first sentence of the doc comment above a primitive. */
const sentenceOf = (name: string): string => {
  const source = readFileSync(`${root}src/primitives/${name}.ts`, 'utf8')
  const comment = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s*export const ${name}\\b`).exec(source)?.[1] ?? ''
  const words = comment.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim()
  return words.split(/(?<=\.)\s(?=[A-Z])|(?<=:)\s/)[0]!.replace(/:$/, '.')
}

const cells = (values: readonly string[]): string =>
  `| ${values.map((value) => value.replaceAll('|', '\\|')).join(' | ')} |`

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [cells(head), cells(head.map(() => '---')), ...rows.map(cells)].join('\n')

const attributesOf = (all: readonly Applied[]): string => Object.keys(all[0]!.params).join(', ')

const countOf = (all: readonly Applied[]): string => {
  const counts = [...new Set(all.map(({ operands }) => operands.length))]
  return counts.length === 1 ? String(counts[0]) : 'any'
}

/** The text of docs/primitives.md. */
export const primitivesPage = async (): Promise<string> => {
  const all = names.map((name) => ({ name, cases: trials(name) }))
  const page = `---
title: Primitives
---

# Primitives

This page is made from the registry (src/primitives/registry.ts) by \`npm run docs:primitives\`; a test fails where it is
out of date. Each primitive is one file, \`src/primitives/NAME.ts\`, in which all of its rules stand side by side.

## What they are

${table(
  ['primitive', 'operands', 'attributes', 'what it computes'],
  all.map(({ name, cases }) => [`\`${name}\``, countOf(cases), attributesOf(cases), sentenceOf(name)])
)}

## How they are differentiated and batched

Rules are shown as they come out for one typical case, attributes left out but for the order of a comparison. The operands are x (or x0, x1, ...), the
result is y, tangents are dx, the cotangent of the result is c. A tangent \`linear\` is the primitive itself, applied to
the tangents of the operands that it is linear in; the rule of a decomposition stands in words above it, in its file. Batching is shown for the case that all operands have the new leading
axis.

${table(
  ['primitive', 'linear', 'tangent', 'cotangent of each linear operand', 'batched'],
  all.map(({ name, cases }) => {
    const at = typical(cases)
    const linear = linearityOf(at.primitive, at.operands.length)
    return [`\`${name}\``, linear, tangentRule(at), transposeRules(at), batchRule(at)]
  })
)}

## Where they run

Lowering: \`map\`, one expression for an element; \`view\`, the operand's elements in other places; \`sum\` or \`max\`, a
reduction, of a known kind in brackets; \`alias\`, the operand's buffer under another shape; \`routine\`, no loop nest.
On a device of gpu.js a primitive runs in kernels, or on the host where kernels cannot do it (random bits need all 32 bits
of an integer, and floats hold 24).

${table(
  ['primitive', 'lowering', 'WebAssembly', 'gpu.js', 'elementwise', 'erased'],
  all.map(({ name, cases }) => {
    const { elementwise, identity } = registry[name] as AnyPrimitive
    return [
      `\`${name}\``,
      distinct(cases.map(loweringOf)),
      distinct(cases.map(onWasm)),
      distinct(cases.map(onGpu)),
      elementwise === true ? 'yes' : '',
      identity === 'erased' ? 'yes' : ''
    ]
  })
)}
`
  return format(page, { ...(await resolveConfig(`${root}docs/primitives.md`)), parser: 'markdown' })
}
