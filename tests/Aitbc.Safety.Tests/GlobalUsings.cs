global using Aitbc.Primitives;
global using Aitbc.Protocol;
global using Aitbc.Protocol.Entries;
global using Aitbc.Testing;
global using Xunit;
