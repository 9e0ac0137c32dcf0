using System.Linq;

public static class Embedding
{
    /// <summary>A row of the table for each token.</summary>
    public static double[][] Embed(double[][] table, int[] tokens) =>
        tokens.Select(token => (double[])table[token].Clone()).ToArray();

    /// <summary>The gradient of the table, from that of what was looked up.</summary>
    public static double[][] Backward(int vocabulary, int[] tokens, double[][] rows)
    {
        var gradient = new double[vocabulary][];
        for (int token = 0; token < vocabulary; token++) gradient[token] = new double[rows[0].Length];
        for (int at = 0; at < tokens.Length; at++)
            for (int c = 0; c < rows[at].Length; c++)
                gradient[tokens[at]][c] += rows[at][c];
        return gradient;
    }

    /// <summary>A score for each token of the vocabulary.</summary>
    public static double[] TiedLogits(double[][] table, double[] vector) =>
        table.Select(row => row.Zip(vector, (a, b) => a * b).Sum()).ToArray();
}
