/// What a person sees when the server is up: where it is and three commands to try.
enum Banner {
    /// The lines, each ended by a line feed.
    static func text(host: String, port: Int, folder: String) -> String {
        let visible = ["0.0.0.0", "::", ""].contains(host) ? "127.0.0.1" : host
        let address = "http://\(visible.contains(":") ? "[\(visible)]" : visible):\(port)"
        let option = address == "http://127.0.0.1:3100" ? "" : " --addr \(address)"
        return """
            weir \(Version.number) listens on \(address), data in \(folder)
            try:
              weir labels\(option)
              weir query '{job=~".+"}' --since 1h\(option)
              weir tail '{job=~".+"}'\(option)

            """
    }
}
