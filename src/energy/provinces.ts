/**
 * The Italian provinces: the 107 of 2016–2025 and the Sardinian codes OT, OG, VS, CI that succeed SU.
 *
 * Climate zones are those of the capitals: DPR 412/93, Annex A. Coordinates: GeoNames postal data, CC BY 4.0 (Fermo set by
 * hand). Note that `NA` is Napoli, not a missing value.
 */

/** DPR 412/93, from the mildest (A) to the coldest (F). */
export type ClimateZone = 'A' | 'B' | 'C' | 'D' | 'E' | 'F'

export interface Province {
  /** Two-letter code, as on plates. */
  readonly code: string
  readonly name: string
  readonly region: string
  readonly climateZone: ClimateZone
  /** Of the capital, degrees. */
  readonly latitude: number
  readonly longitude: number
}

const table: readonly (readonly [string, string, string, ClimateZone, number, number])[] = [
  ['AG', 'Agrigento', 'Sicilia', 'B', 37.3107, 13.5766],
  ['AL', 'Alessandria', 'Piemonte', 'E', 44.9092, 8.6101],
  ['AN', 'Ancona', 'Marche', 'D', 43.5942, 13.5034],
  ['AO', "Valle d'Aosta/Vallée d'Aoste", "Valle d'Aosta", 'E', 45.7376, 7.3172],
  ['AP', 'Ascoli Piceno', 'Marche', 'D', 42.8535, 13.5739],
  ['AQ', "L'Aquila", 'Abruzzo', 'E', 42.3506, 13.3995],
  ['AR', 'Arezzo', 'Toscana', 'E', 43.4628, 11.8807],
  ['AT', 'Asti', 'Piemonte', 'E', 44.9016, 8.2075],
  ['AV', 'Avellino', 'Campania', 'D', 40.9149, 14.791],
  ['BA', 'Bari', 'Puglia', 'C', 41.1115, 16.8554],
  ['BG', 'Bergamo', 'Lombardia', 'E', 45.696, 9.6672],
  ['BI', 'Biella', 'Piemonte', 'E', 45.563, 8.058],
  ['BL', 'Belluno', 'Veneto', 'F', 46.1426, 12.2156],
  ['BN', 'Benevento', 'Campania', 'C', 41.1307, 14.7782],
  ['BO', 'Bologna', 'Emilia-Romagna', 'E', 44.4938, 11.3387],
  ['BR', 'Brindisi', 'Puglia', 'C', 40.6321, 17.9361],
  ['BS', 'Brescia', 'Lombardia', 'E', 45.5356, 10.2147],
  ['BT', 'Barletta-Andria-Trani', 'Puglia', 'C', 41.2312, 16.298],
  ['BZ', 'Bolzano/Bozen', 'Trentino-Alto Adige', 'E', 46.4907, 11.3398],
  ['CA', 'Cagliari', 'Sardegna', 'C', 39.2305, 9.1192],
  ['CB', 'Campobasso', 'Molise', 'E', 41.5595, 14.6674],
  ['CE', 'Caserta', 'Campania', 'C', 41.0726, 14.3323],
  ['CH', 'Chieti', 'Abruzzo', 'D', 42.3483, 14.1649],
  ['CL', 'Caltanissetta', 'Sicilia', 'D', 37.4903, 14.0622],
  ['CN', 'Cuneo', 'Piemonte', 'F', 44.3907, 7.5483],
  ['CO', 'Como', 'Lombardia', 'E', 45.8082, 9.0832],
  ['CR', 'Cremona', 'Lombardia', 'E', 45.1332, 10.0213],
  ['CS', 'Cosenza', 'Calabria', 'C', 39.2989, 16.2531],
  ['CT', 'Catania', 'Sicilia', 'B', 37.4922, 15.0704],
  ['CZ', 'Catanzaro', 'Calabria', 'C', 38.8825, 16.6009],
  ['EN', 'Enna', 'Sicilia', 'E', 37.5655, 14.2743],
  ['FC', 'Forlì-Cesena', 'Emilia-Romagna', 'D', 44.2218, 12.0414],
  ['FE', 'Ferrara', 'Emilia-Romagna', 'E', 44.838, 11.6206],
  ['FG', 'Foggia', 'Puglia', 'D', 41.4584, 15.5519],
  ['FI', 'Firenze', 'Toscana', 'D', 43.7793, 11.2463],
  ['FM', 'Fermo', 'Marche', 'D', 43.1605, 13.7159],
  ['FR', 'Frosinone', 'Lazio', 'E', 41.6398, 13.3411],
  ['GE', 'Genova', 'Liguria', 'D', 44.4048, 8.9444],
  ['GO', 'Gorizia', 'Friuli-Venezia Giulia', 'E', 45.9409, 13.6217],
  ['GR', 'Grosseto', 'Toscana', 'D', 42.763, 11.1094],
  ['IM', 'Imperia', 'Liguria', 'C', 43.8892, 8.0393],
  ['IS', 'Isernia', 'Molise', 'D', 41.596, 14.234],
  ['KR', 'Crotone', 'Calabria', 'B', 39.0808, 17.1276],
  ['LC', 'Lecco', 'Lombardia', 'E', 45.8559, 9.397],
  ['LE', 'Lecce', 'Puglia', 'C', 40.3548, 18.1724],
  ['LI', 'Livorno', 'Toscana', 'D', 43.5443, 10.3262],
  ['LO', 'Lodi', 'Lombardia', 'E', 45.3099, 9.5009],
  ['LT', 'Latina', 'Lazio', 'C', 41.4661, 12.9043],
  ['LU', 'Lucca', 'Toscana', 'D', 43.8437, 10.5045],
  ['MB', 'Monza e della Brianza', 'Lombardia', 'E', 45.5801, 9.2725],
  ['MC', 'Macerata', 'Marche', 'D', 43.2979, 13.4529],
  ['ME', 'Messina', 'Sicilia', 'B', 38.1939, 15.5526],
  ['MI', 'Milano', 'Lombardia', 'E', 45.4643, 9.1895],
  ['MN', 'Mantova', 'Lombardia', 'E', 45.1603, 10.7978],
  ['MO', 'Modena', 'Emilia-Romagna', 'E', 44.6478, 10.9254],
  ['MS', 'Massa-Carrara', 'Toscana', 'D', 44.0354, 10.1393],
  ['MT', 'Matera', 'Basilicata', 'D', 40.666, 16.6046],
  ['NA', 'Napoli', 'Campania', 'C', 40.8522, 14.2681],
  ['NO', 'Novara', 'Piemonte', 'E', 45.4469, 8.6212],
  ['NU', 'Nuoro', 'Sardegna', 'D', 40.3199, 9.3257],
  ['OR', 'Oristano', 'Sardegna', 'C', 39.9036, 8.5926],
  ['PA', 'Palermo', 'Sicilia', 'B', 38.1321, 13.3356],
  ['PC', 'Piacenza', 'Emilia-Romagna', 'E', 45.0524, 9.6934],
  ['PD', 'Padova', 'Veneto', 'E', 45.408, 11.8859],
  ['PE', 'Pescara', 'Abruzzo', 'D', 42.4584, 14.2028],
  ['PG', 'Perugia', 'Umbria', 'E', 43.1122, 12.3888],
  ['PI', 'Pisa', 'Toscana', 'D', 43.7085, 10.4036],
  ['PN', 'Pordenone', 'Friuli-Venezia Giulia', 'E', 45.9569, 12.6605],
  ['PO', 'Prato', 'Toscana', 'D', 43.8805, 11.097],
  ['PR', 'Parma', 'Emilia-Romagna', 'E', 44.7994, 10.3262],
  ['PT', 'Pistoia', 'Toscana', 'D', 43.9306, 10.9237],
  ['PU', 'Pesaro e Urbino', 'Marche', 'D', 43.9092, 12.9164],
  ['PV', 'Pavia', 'Lombardia', 'E', 45.1921, 9.1592],
  ['PZ', 'Potenza', 'Basilicata', 'E', 40.6418, 15.8079],
  ['RA', 'Ravenna', 'Emilia-Romagna', 'E', 44.4134, 12.2012],
  ['RC', 'Reggio Calabria', 'Calabria', 'B', 38.1105, 15.6613],
  ['RE', "Reggio nell'Emilia", 'Emilia-Romagna', 'E', 44.6983, 10.6312],
  ['RG', 'Ragusa', 'Sicilia', 'C', 36.9257, 14.7244],
  ['RI', 'Rieti', 'Lazio', 'E', 42.4048, 12.8574],
  ['RM', 'Roma', 'Lazio', 'D', 41.8919, 12.5113],
  ['RN', 'Rimini', 'Emilia-Romagna', 'E', 44.0575, 12.5653],
  ['RO', 'Rovigo', 'Veneto', 'E', 45.0698, 11.7902],
  ['SA', 'Salerno', 'Campania', 'C', 40.6755, 14.7933],
  ['SI', 'Siena', 'Toscana', 'D', 43.3182, 11.3306],
  ['SO', 'Sondrio', 'Lombardia', 'E', 46.1685, 9.8713],
  ['SP', 'La Spezia', 'Liguria', 'D', 44.103, 9.8238],
  ['SR', 'Siracusa', 'Sicilia', 'B', 37.0841, 15.2763],
  ['SS', 'Sassari', 'Sardegna', 'C', 40.7259, 8.5555],
  ['SU', 'Sud Sardegna', 'Sardegna', 'C', 39.1646, 8.5213],
  ['SV', 'Savona', 'Liguria', 'D', 44.309, 8.4772],
  ['TA', 'Taranto', 'Puglia', 'C', 40.4644, 17.2471],
  ['TE', 'Teramo', 'Abruzzo', 'D', 42.6612, 13.699],
  ['TN', 'Trento', 'Trentino-Alto Adige', 'E', 46.0679, 11.1211],
  ['TO', 'Torino', 'Piemonte', 'E', 45.0705, 7.6868],
  ['TP', 'Trapani', 'Sicilia', 'B', 38.0176, 12.5362],
  ['TR', 'Terni', 'Umbria', 'D', 42.5633, 12.6433],
  ['TS', 'Trieste', 'Friuli-Venezia Giulia', 'E', 45.6495, 13.7768],
  ['TV', 'Treviso', 'Veneto', 'E', 45.6667, 12.2416],
  ['UD', 'Udine', 'Friuli-Venezia Giulia', 'E', 46.0693, 13.2371],
  ['VA', 'Varese', 'Lombardia', 'E', 45.8206, 8.8251],
  ['VB', 'Verbano-Cusio-Ossola', 'Piemonte', 'E', 45.9214, 8.5518],
  ['VC', 'Vercelli', 'Piemonte', 'E', 45.3216, 8.4199],
  ['VE', 'Venezia', 'Veneto', 'E', 45.4371, 12.3327],
  ['VI', 'Vicenza', 'Veneto', 'E', 45.5467, 11.5475],
  ['VR', 'Verona', 'Veneto', 'E', 45.4299, 10.9844],
  ['VT', 'Viterbo', 'Lazio', 'D', 42.4194, 12.1056],
  ['VV', 'Vibo Valentia', 'Calabria', 'D', 38.6762, 16.1009],
  ['OT', 'Gallura Nord-Est Sardegna', 'Sardegna', 'C', 40.9234, 9.498],
  ['OG', 'Ogliastra', 'Sardegna', 'D', 39.8793, 9.5402],
  ['VS', 'Medio Campidano', 'Sardegna', 'C', 39.5618, 8.8997],
  ['CI', 'Sulcis Iglesiente', 'Sardegna', 'C', 39.1646, 8.5213],
]

/** By code. */
export const provinces: ReadonlyMap<string, Province> = new Map(
  table.map(([code, name, region, climateZone, latitude, longitude]) => [
    code,
    { code, name, region, climateZone, latitude, longitude },
  ]),
)
