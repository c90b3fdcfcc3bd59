// An agent in a process of its own. It curates tables of numbers for whoever pays: it registers, stakes, offers its
// service, bids, does the work, delivers and is paid, over and over. Ctrl-C ends it; what counts is on the ledger.
//
//   dotnet run --project samples/csharp -- [node] [file with the operator's token] [its own directory] [jobs]
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Simulation.Hosting;
using Aitbc.Workloads;

// What it does. Any capability will do, also one that nobody has offered yet, as long as somebody asks for it.
var capability = WorkloadCapabilities.DataCurate;
var stop = CancellationToken.None;
string Argument(int place, string otherwise) => args.Length > place ? args[place] : otherwise;

// Its keys live in its own directory. The operator's token is needed once: the node's faucet gives a newcomer tokens.
await using var me = await ProviderSession.OpenAsync(
    new ProviderOptions
    {
        Node = new Uri(Argument(0, "http://localhost:7420")),
        Token = File.ReadAllText(Argument(1, "./aitbc-data/operator.token")).Trim(),
        Data = Argument(2, "./aitbc-curator"),
        Name = "my-curator",
        Kind = AgentKind.Data,
        Capability = capability,
    },
    stop);

// Who stakes nothing is trusted with nothing. The price is only a statement: each job's price comes from its auction.
var price = TokenAmount.OneToken.MulDivDown(1, 100);
var terms = new ServiceTerms(Label.Parse("my-curator"), capability, price, 1, default, 0);
var service = await me.OfferAsync(TokenAmount.FromTokens(1_000), terms, stop);
Console.WriteLine($"{me.Account} offers {capability} as {service}");

for (var left = int.Parse(Argument(3, "1000000")); left > 0;)
{
    // A sealed bid of half of what the client pays at most. The winner gets what the second asked, or the maximum.
    var job = await me.NextAsync(capability, stop);
    try
    {
        await me.BidAsync(job.Id, service, job.MaxPrice.MulDivDown(1, 2), stop);
    }
    catch (ActRefusedException late)
    {
        Console.WriteLine($"no bid on {job.Id}: {late.Message}");
        continue;
    }

    if (!await me.WinsAsync(job.Id, stop))
    {
        Console.WriteLine($"{job.Id} went to somebody else, or to nobody");
        continue;
    }

    // From here on the job's bond is at stake: what is not delivered in time is lost.
    await me.StartAsync(job.Id, stop);
    var (spec, input) = (await me.ReadAsync(job.Spec, stop), await me.ReadAsync(job.Input, stop));
    var done = WorkloadRunner.Run(capability, spec ?? default, asked => asked == job.Input ? input : null, stop);
    if (done is WorkloadResult result)
    {
        await me.DeliverAsync(job.Id, [.. result.Outputs.Select(blob => blob.Bytes)], result.QualityPpm ?? 0, stop);
    }

    var end = await me.EndAsync(job.Id, stop);
    Console.WriteLine($"{job.Id} ended as {end.Ending}: paid {end.Paid.ToDisplay()}");
    left--;
}
