/**
 * The messages of an ONNX file. Numbers of fields are those of onnx.proto.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import type { Data, DType } from '../../tensor/dtype.ts'
import type { Shape } from '../../tensor/shape.ts'
import type { Bytes } from './protobuf.ts'
import { bytes, integer, integers, text } from './protobuf.ts'

/** Names element types: those of tensors, and int64, in which ONNX has shapes and axes. */
export type ElementType = DType | 'int64'

const elementTypes: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 }

/** Holds the value of an attribute: a whole number, a list of them, a text, or a graph. */
export type Attribute = number | string | readonly number[] | { readonly graph: Bytes }

export type Attributes = Readonly<Record<string, Attribute>>

/** Gives the number of an attribute's type, and the field that holds it. */
const attributeField = (value: Attribute): readonly [number, Bytes] => {
  if (typeof value === 'number') return [2, integer(3, value)]
  if (typeof value === 'string') return [3, text(4, value)]
  return 'graph' in value ? [5, bytes(6, value.graph)] : [7, integers(8, value)]
}

const attributeProto = (name: string, value: Attribute): Bytes => {
  const [type, field] = attributeField(value)
  return [...text(1, name), ...field, ...integer(20, type)]
}

/** Describes one operation: names of what it reads and makes. */
export interface NodeParts {
  readonly op: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Attributes
}

export const nodeProto = ({ op, name, inputs, outputs, attributes }: NodeParts): Bytes => [
  ...inputs.flatMap((input) => text(1, input)),
  ...outputs.flatMap((output) => text(2, output)),
  ...text(3, name),
  ...text(4, op),
  ...Object.entries(attributes).flatMap(([key, value]) => bytes(5, attributeProto(key, value)))
]

const bytesOf = ({ buffer, byteOffset, byteLength }: Data | BigInt64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** Writes a constant of a name, its numbers the least significant byte first. */
export const tensorProto = (name: string, type: ElementType, shape: Shape, data: Data | BigInt64Array): Bytes => [
  ...integers(1, shape),
  ...integer(2, elementTypes[type]),
  ...text(8, name),
  ...bytes(9, [bytesOf(type === 'float32' && data instanceof Float64Array ? Float32Array.from(data) : data)])
]

/** Describes what a graph takes or gives: a name, a dtype and a shape, all of whose extents are fixed. */
export interface Port {
  readonly name: string
  readonly dtype: ElementType
  readonly shape: Shape
}

const valueInfoProto = ({ name, dtype, shape }: Port): Bytes => {
  const dimensions = shape.flatMap((n) => bytes(1, integer(1, n)))
  const tensorType = [...integer(1, elementTypes[dtype]), ...bytes(2, dimensions)]
  return [...text(1, name), ...bytes(2, bytes(1, tensorType))]
}

/** Holds the parts of a graph, nodes and constants as messages already. */
export interface GraphParts {
  readonly name: string
  readonly nodes: readonly Bytes[]
  readonly constants: readonly Bytes[]
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
}

export const graphProto = ({ name, nodes, constants, inputs, outputs }: GraphParts): Bytes => [
  ...nodes.flatMap((node) => bytes(1, node)),
  ...text(2, name),
  ...constants.flatMap((constant) => bytes(5, constant)),
  ...inputs.flatMap((port) => bytes(11, valueInfoProto(port))),
  ...outputs.flatMap((port) => bytes(12, valueInfoProto(port)))
]

/** The version of the operators: the first that has all that is used, so that old runtimes read the files, too. */
export const opset = 17
const irVersion = 8

export const modelProto = (graph: Bytes, metadata: Readonly<Record<string, string>>): Bytes => [
  ...integer(1, irVersion),
  ...text(2, 'saddlepoint'),
  ...bytes(7, graph),
  ...bytes(8, integer(2, opset)),
  ...Object.entries(metadata).flatMap(([key, value]) => bytes(14, [...text(1, key), ...text(2, value)]))
]
