/** The namespace `Export`: networks and programs for other runtimes. */
export type { ExportGeneratorOptions } from './onnx/generator.ts'
export { generator } from './onnx/generator.ts'
export type { OnnxOptions } from './onnx/onnx.ts'
export { onnx } from './onnx/onnx.ts'
