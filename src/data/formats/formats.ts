import { cifar } from './cifar.ts'
import { csv } from './csv.ts'
import type { Format } from './format.ts'
import { idx } from './idx.ts'
import { npy } from './npy.ts'
import { npz } from './npz.ts'
import { parquet } from './parquet.ts'
import { pictures } from './pictures.ts'
import { stl } from './stl.ts'

/** The kinds of data that can be opened, in the order in which they are tried: those without a mark of their own last. */
export const formats: readonly Format[] = [npy, npz, parquet, stl, cifar, idx, csv, pictures]
