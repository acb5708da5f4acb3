import * as E from '#fp-ts/Either'
import * as ort from 'onnxruntime-web'
import * as Issue from '../../src/gan/issue.ts'
import type { Issues } from '../../src/gan/check/issue.ts'
import type { Data } from '../../src/tensor/dtype.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'

ort.env.wasm.numThreads = 1

const given = ({ shape, dtype, data }: Tensor): ort.Tensor =>
  dtype === 'float32'
    ? new ort.Tensor('float32', Float32Array.from(data), shape)
    : dtype === 'int32'
      ? new ort.Tensor('int32', Int32Array.from(data), shape)
      : new ort.Tensor('bool', Uint8Array.from(data), shape)

/** An exported file in ONNX Runtime: what it asks for and gives, and a run of it on tensors by name. */
export interface Model {
  readonly inputs: readonly ort.InferenceSession.ValueMetadata[]
  readonly outputs: readonly ort.InferenceSession.ValueMetadata[]
  readonly run: (inputs: Readonly<Record<string, Tensor>>) => Promise<Readonly<Record<string, Data>>>
}

export const openModel = async (file: E.Either<Issues, Uint8Array>): Promise<Model> => {
  if (E.isLeft(file)) throw new Error(Issue.show(file.left))
  const session = await ort.InferenceSession.create(file.right)
  return {
    inputs: session.inputMetadata,
    outputs: session.outputMetadata,
    run: async (inputs) => {
      const feeds = Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, given(x)]))
      const results = await session.run(feeds)
      return Object.fromEntries(Object.entries(results).map(([name, x]) => [name, x.data as Data]))
    }
  }
}
