internal import ArgumentParser
internal import WeirSystem

/// `weir completions SHELL`: the script that lets a shell complete commands and options.
struct Completions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the script with which a shell completes commands and options.",
        discussion: """
            weir completions bash >~/.local/share/bash-completion/completions/weir
            weir completions zsh >~/.zfunc/_weir
            weir completions fish >~/.config/fish/completions/weir.fish
            """)

    @Argument(help: "bash, zsh or fish.")
    var shell: String

    func validate() throws {
        guard CompletionShell(rawValue: shell) != nil else { throw ValidationError("bash, zsh or fish") }
    }

    func run() throws {
        guard let shell = CompletionShell(rawValue: shell) else { return }
        try StandardStream.output.writeLine(Weir.completionScript(for: shell))
    }
}
