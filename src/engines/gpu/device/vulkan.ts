/** Lists the folders where the loader of Vulkan looks for drivers of all users. */
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
 * Tells whether a search for a GPU could find one. On Linux each driver of Vulkan has a file that names it. Without one the
 * package of WebGPU would write to the error output, which `auto` must not cause.
 */
export const mayHaveDriver = (): boolean => {
  if (typeof process === 'undefined' || process.platform !== 'linux') return true
  const { env } = process
  const named = env['VK_DRIVER_FILES'] ?? env['VK_ICD_FILENAMES'] ?? env['VK_ADD_DRIVER_FILES']
  return named !== undefined || foldersOf(env).some(hasFiles)
}
