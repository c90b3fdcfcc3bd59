namespace Aitbc.Infrastructure.Tests.Wallet;

/// <summary>A directory of one test's own, removed with it.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public ScratchDirectory() => Root = Directory.CreateTempSubdirectory("aitbc-wallet-").FullName;

    public string Root { get; }

    public string File(string name) => Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Writes a file that only this user may read, as the key store does.</summary>
    public static void WritePrivate(string path, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(path, bytes);
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
