/// Why a request is refused before an endpoint sees it.
enum RequestError: Error {
    /// The target or the form cannot be decoded; the text says why. 400.
    case invalid(String)
    /// The body is larger than this many bytes. 413.
    case tooLarge(limit: Int)
}
