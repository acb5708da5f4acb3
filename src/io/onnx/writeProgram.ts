import { input, constant, literal } from '../../program/leaves.ts'
import type { Node } from '../../program/node.ts'
import type { Params } from '../../program/primitive.ts'
import type { Program } from '../../program/program.ts'
import { nodesOf } from '../../program/program.ts'
import type { ScanParams } from '../../program/scan.ts'
import { isScan, partsOf } from '../../program/scan.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import type { Emitter, Value } from './emitter.ts'
import { expand, filled, isEmpty, reshape } from './emitter.ts'
import { graphProto } from './model.ts'
import { identity } from './movement.ts'
import type { Mapped, Refused, Rule } from './rule.ts'
import { rules } from './rules.ts'

const known: Readonly<Record<string, Rule>> = rules

/** Finds the rule of a node that is no leaf and no loop. Identities that only steer differentiation are their operand. */
const ruleFor = ({ primitive }: Node): Rule =>
  primitive.identity !== undefined
    ? identity
    : Object.hasOwn(known, primitive.name)
      ? known[primitive.name]!
      : { refused: 'it only stands for a derivative: export what is computed from it' }

/** A primitive that a program has and ONNX does not, and why. */
export interface Refusal extends Refused {
  readonly primitive: string
}

/** Lists the primitives of a program, and of the loops in it, that ONNX does not have. */
export const refusalsOf = ({ outputs }: Program): readonly Refusal[] => {
  const found = new Map<string, Refusal>()
  for (const node of nodesOf(outputs)) {
    const { name } = node.primitive
    if (isScan(node)) for (const one of refusalsOf(node.params.body)) found.set(one.primitive, one)
    else if (node.operands.length > 0 || !isLeaf(node)) {
      const rule = ruleFor(node)
      if ('refused' in rule) found.set(name, { primitive: name, refused: rule.refused })
    }
  }
  return [...found.values()]
}

const isLeaf = ({ primitive }: Node): boolean => [input, constant, literal].some((leaf) => leaf.name === primitive.name)

/**
 * A loop as Scan, whose body sees the constants from outside. Scan goes over at least one array: where there is none, over
 * one of zeros that nobody reads.
 */
const writeScan = (e: Emitter, params: ScanParams, operands: readonly Value[], result: Aval): Value => {
  const { body, constants, carries, length, reverse, returned } = params
  const fixed = operands.slice(0, constants)
  const first = operands.slice(constants, constants + carries)
  const xs = operands.slice(constants + carries)
  const dtype = result.dtype
  if (isEmpty(result)) return filled(e, 0, result)
  const finals = length === 0 ? first : loop()
  const parts = partsOf(params)
  const flat = returned
    .map((n, part) => ({ value: finals[n]!, size: sizeOf(parts[part]!.shape) }))
    .filter(({ size }) => size > 0)
    .map(({ value, size }) => reshape(e, value, [size]))
  return flat.length === 1 ? flat[0]! : e.node('Concat', flat, { dtype, shape: result.shape }, { axis: 0 })

  function loop(): readonly Value[] {
    const inner = e.inner()
    const own = body.inputs
      .slice(constants)
      .map(({ shape, dtype: type }) => ({ name: inner.fresh('loop'), shape, dtype: type }))
    const going = xs.length > 0 ? xs : [e.constant('int32', [length], new Int32Array(length))]
    const unread: readonly Value[] = xs.length > 0 ? [] : [{ name: inner.fresh('loop'), shape: [], dtype: 'int32' }]
    const outputs = writeNodes(inner, body, [...fixed, ...own]).map((x) => inner.rename(x, inner.fresh('loop')))
    const graph = graphProto({ name: inner.fresh('body'), inputs: [...own, ...unread], outputs, ...inner.parts() })
    const direction = reverse ? 1 : 0
    return e.nodes(
      'Scan',
      [...first, ...going],
      body.outputs.map(({ shape, dtype: type }, n) => ({
        dtype: type,
        shape: n < carries ? shape : [length, ...shape]
      })),
      {
        body: { graph },
        num_scan_inputs: going.length,
        scan_input_directions: going.map(() => direction),
        ...(outputs.length > carries && { scan_output_directions: outputs.slice(carries).map(() => direction) })
      }
    )
  }
}

/** Writes the nodes of a program whose inputs are these values, and gives its outputs. Nothing of it may be refused. */
export const writeNodes = (e: Emitter, program: Program, inputs: readonly Value[]): readonly Value[] => {
  const values = new Map<Node, Value>(program.inputs.map((node, i) => [node, inputs[i]!]))
  const wholeOf = (node: Node): Value => expand(e, values.get(node)!, node.shape)
  const write = (node: Node): Value => {
    const { primitive, params, operands } = node
    if (primitive.name === literal.name) return e.scalar(params['value'] as number, node.dtype)
    if (primitive.name === constant.name) return e.constant(node.dtype, node.shape, (params['tensor'] as Tensor).data)
    if (isScan(node)) return writeScan(e, node.params, operands.map(wholeOf), node)
    const rule = ruleFor(node) as Mapped<Params>
    const read = rule.repeats ? operands.map((x) => values.get(x)!) : operands.map(wholeOf)
    return rule.emit(e, read, { params, result: { shape: node.shape, dtype: node.dtype } })
  }
  for (const node of nodesOf(program.outputs)) if (!values.has(node)) values.set(node, write(node))
  return program.outputs.map(wholeOf)
}
