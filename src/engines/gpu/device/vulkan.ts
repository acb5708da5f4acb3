/** Where the loader of Vulkan looks for drivers, but for those of one user. */
const foldersOf = (env: NodeJS.ProcessEnv): readonly string[] => [
  '/etc/vulkan/icd.d',
  ...(env['XDG_DATA_DIRS'] ?? '/usr/local/share:/usr/share').split(':').map((folder) => `${folder}/vulkan/icd.d`)
]

const hasFiles = (folder: string): boolean => {
  try {
    return process.getBuiltinModule('node:fs').readdirSync(folder).length > 0
  } catch {
    return false
  }
}

/**
 * Whether asking for a GPU could find one. On Linux each driver of Vulkan has a file that names it, and WebGPU's package
 * writes on the error output where there is none, which is too much for a question nobody asked by name.
 */
export const mayHaveDriver = (): boolean => {
  if (typeof process === 'undefined' || process.platform !== 'linux') return true
  const { env } = process
  const named = env['VK_DRIVER_FILES'] ?? env['VK_ICD_FILENAMES'] ?? env['VK_ADD_DRIVER_FILES']
  return named !== undefined || foldersOf(env).some(hasFiles)
}
