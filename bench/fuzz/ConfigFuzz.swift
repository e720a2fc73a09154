import WeirAgent
import WeirConfig

/// Any text is a configuration with remarks, whatever program it is for; what a file means can always be printed.
enum ConfigFuzz {
    static func test(_ input: UnsafeRawBufferPointer) {
        let text = String(decoding: input, as: UTF8.self)
        let file = RunFile.read(text, file: "fuzz.yaml", environment: ["HOME": "/root", "EMPTY": ""])
        _ = AgentFile.read(text, file: "fuzz.yaml")
        _ = RuntimeFile.read(text, file: "fuzz.yaml", over: file.serve)
        _ = ProfileFile.read(text, file: "fuzz.yaml")
        let keys = KeyMapping.all(of: text, file.diagnostics)
        if file.isUsable, keys.contains(where: { $0.fate == .error }) {
            fatalError("a usable file has a key that is an error")
        }
    }
}
