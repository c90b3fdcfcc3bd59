using System.Globalization;
using Aitbc.KillTarget;

if (args is ["serve", var directory, var seed])
{
    await KillClients.ServeAsync(directory, ulong.Parse(seed, CultureInfo.InvariantCulture));
    return 0;
}

if (args is ["cycles", var cycles, ..])
{
    var first = args.Length > 2 ? ulong.Parse(args[2], CultureInfo.InvariantCulture) : (ulong)Environment.TickCount64;
    var tally = await KillCycles.RunAsync(
        int.Parse(cycles, CultureInfo.InvariantCulture), first, line => Console.Error.WriteLine(line));
    Console.WriteLine(tally);
    return tally.Failures.Count == 0 ? 0 : 1;
}

Console.Error.WriteLine("Usage: Aitbc.KillTarget cycles <count> [seed] | serve <directory> <seed>");
return 2;
