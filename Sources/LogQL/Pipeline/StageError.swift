/// Why a stage cannot be built, such as a bad pattern; the pipeline adds which stage it is.
struct StageError: Error {
    /// The reason in Loki's wording, without the stage.
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
