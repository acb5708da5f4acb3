/** Parquet files as Hugging Face publishes image sets: a struct { bytes, path }, a label, the names of classes. */
import type { ParquetWriteOptions } from 'hyparquet-writer'
import { parquetWriteBuffer } from 'hyparquet-writer'

export const parquetBytes = (
  pictures: readonly Uint8Array[],
  labels: readonly number[],
  options: Pick<ParquetWriteOptions, 'codec' | 'compressors' | 'rowGroupSize'> & {
    readonly names?: readonly string[]
  } = {}
): Uint8Array => {
  const { names, ...others } = options
  const info = { info: { features: { image: { _type: 'Image' }, label: { names, _type: 'ClassLabel' } } } }
  return new Uint8Array(
    parquetWriteBuffer({
      ...others,
      schema: [
        { name: 'root', num_children: 2 },
        { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
        { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
        { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'label', type: 'INT64', repetition_type: 'OPTIONAL' }
      ],
      columnData: [
        { name: 'image', data: pictures.map((bytes, i) => ({ bytes, path: `${String(i)}.png` })) },
        { name: 'label', data: labels.map(BigInt) }
      ],
      ...(names === undefined ? {} : { kvMetadata: [{ key: 'huggingface', value: JSON.stringify(info) }] })
    })
  )
}
