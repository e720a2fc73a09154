/// What a person sees when the server is up: where it is and three commands to try.
enum Banner {
    /// The lines, each ended by a line feed.
    ///
    /// - Parameter program: how the program was called, so that the commands can be copied as they are.
    static func text(program: String, host: String, port: Int, folder: String, isSecure: Bool = false) -> String {
        let visible = ["0.0.0.0", "::", ""].contains(host) ? "127.0.0.1" : host
        let address = "\(isSecure ? "https" : "http")://\(visible.contains(":") ? "[\(visible)]" : visible):\(port)"
        let option = address == "http://127.0.0.1:3100" ? "" : " --addr \(address)"
        return """
            weir \(Version.number) listens on \(address), data in \(folder)
            try:
              \(program) labels\(option)
              \(program) query '{job=~".+"}' --since 1h\(option)
              \(program) tail '{job=~".+"}'\(option)

            """
    }
}
