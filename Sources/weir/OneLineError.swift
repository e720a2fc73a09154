internal import WeirAgent
internal import WeirStore
internal import WeirSystem

/// Errors whose description is the whole story: what, where and what to do. They are printed as they are; any other
/// error that reaches the top is a bug and printed with its type.
protocol OneLineError: Error {}

extension StartFailure: OneLineError {}
extension ClientError: OneLineError {}
extension QueryTextError: OneLineError {}
extension FileError: OneLineError {}
extension FolderLockError: OneLineError {}
extension CatalogueError: OneLineError {}
extension CorruptionError: OneLineError {}
extension StoreOpenError: OneLineError {}
extension StoreRestore.Refusal: OneLineError {}
extension ArchiveFolder.Fault: OneLineError {}
extension AgentError: OneLineError {}
