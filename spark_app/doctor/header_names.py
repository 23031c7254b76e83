"""What shops call their columns, in their languages: for each thing a column may be, the names of it, the surest first.

Names are without accents and case, words parted by one space (`plain_name`). English comes first, then German,
French, Spanish, Portuguese, Italian, Dutch, Polish, Swedish, Chinese and Japanese, as exports have them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from spark_app.contracts.blanks import folded

NAMES: Mapping[str, tuple[str, ...]] = {
    "order_id": (
        "order id", "order no", "order number", "ordernumber", "orderid", "order", "order key", "invoice number",
        "invoice no", "invoiceno", "invoice", "receipt no", "receipt", "custom number", "sale id", "ticket",
        "ticket no", "basket id", "bestellnummer", "bestellnr", "bestell nr", "auftragsnummer", "auftragsnr",
        "auftrag", "bestellung", "rechnungsnummer", "rechnungsnr", "belegnummer", "bonnummer", "bon nr",
        "numero de commande", "n de commande", "no commande", "commande", "numero de facture", "facture",
        "numero de pedido", "n de pedido", "id pedido", "pedido", "factura", "numero de factura", "numero do pedido",
        "n do pedido", "codigo do pedido", "nota fiscal", "numero ordine", "n ordine", "ordine", "numero fattura",
        "fattura", "scontrino", "bestelnummer", "ordernr", "bestelling", "factuurnummer", "bonnr",
        "numer zamowienia", "nr zamowienia", "zamowienie", "ordernummer", "bestallningsnummer", "订单号", "订单编号",
        "訂單編號", "注文番号", "受注番号", "伝票番号", "transaction id", "id", "name",
    ),
    "item_number": (
        "order item id", "line item", "line number", "line no", "line", "item number", "position", "pos",
        "positionsnummer", "zeile", "ligne", "linea", "linha", "riga", "regel", "pozycja", "rad", "行番号", "行号",
    ),
    "product_id": (
        "sku", "lineitem sku", "product id", "productid", "productkey", "product code", "stock code", "stockcode",
        "article no", "article number", "asin", "item id", "product", "ean", "barcode", "artikelnummer", "artikelnr",
        "artikel nr", "art nr", "reference", "reference produit", "code article", "referencia", "codigo de producto",
        "codigo", "codigo do produto", "codice articolo", "codice prodotto", "artikelcode", "numer artykulu",
        "symbol", "商品コード", "商品番号", "品番", "商品编号", "商品编码", "货号",
    ),
    "product_name": (
        "title", "lineitem name", "product name", "description", "item name", "article", "item title", "item",
        "bezeichnung", "artikelbezeichnung", "artikelname", "artikel", "produktname", "produkt", "designation",
        "libelle", "nom du produit", "produit", "descripcion", "producto", "nombre del producto", "descricao",
        "produto", "nome do produto", "descrizione", "prodotto", "nome prodotto", "omschrijving", "productnaam",
        "nazwa", "nazwa produktu", "benamning", "produktnamn", "商品名", "品名", "商品名称", "商品标题",
    ),
    "category": (
        "category", "product category", "department", "product type", "subcategory", "kategorie", "warengruppe",
        "categorie", "categoria", "kategoria", "kategori", "カテゴリ", "カテゴリー", "分類", "类别", "分类",
    ),
    "brand": (
        "brand", "vendor", "manufacturer", "marke", "hersteller", "marque", "fabricant", "marca", "fabricante",
        "merk", "producent", "varumarke", "ブランド", "メーカー", "品牌",
    ),
    "quantity": (
        "qty", "quantity", "lineitem quantity", "pieces", "units", "quantity purchased", "menge", "anzahl", "stuck",
        "stuckzahl", "quantite", "qte", "cantidad", "unidades", "quantidade", "qtd", "quantita", "aantal", "ilosc",
        "antal", "数量", "個数", "购买数量",
    ),
    "unit_price": (
        "unit price", "lineitem price", "item price", "price each", "unitprice", "price", "einzelpreis",
        "stuckpreis", "preis", "preis pro stuck", "prix unitaire", "prix", "precio unitario", "precio",
        "preco unitario", "preco", "valor unitario", "prezzo unitario", "prezzo", "stukprijs", "prijs",
        "eenheidsprijs", "cena jednostkowa", "cena", "pris", "styckpris", "単価", "価格", "单价", "价格",
    ),
    "line_amount": (
        "line total", "total price", "line amount", "item total", "gross sales", "product sales", "sales value",
        "total", "positionssumme", "zeilensumme", "gesamtpreis", "betrag", "total ligne", "montant", "importe",
        "subtotal", "importo", "totale riga", "regeltotaal", "bedrag", "wartosc", "belopp", "金額", "小計", "金额",
        "小计",
    ),
    "discount": (
        "lineitem discount", "discount", "discount amount", "discounts", "discount total", "order discount",
        "rabatt", "rabattbetrag", "nachlass", "remise", "rabais", "descuento", "desconto", "sconto", "korting",
        "rabat", "値引き", "値引", "割引", "折扣", "优惠金额",
    ),
    "tax": (
        "item tax", "tax", "taxes", "tax amount", "total tax", "order tax", "vat", "vat amount", "sales tax", "gst",
        "mwst betrag", "mwst", "ust", "steuer", "steuerbetrag", "umsatzsteuer", "tva", "montant tva", "iva",
        "impuesto", "impuestos", "importe iva", "imposto", "impostos", "imposta", "btw", "btw bedrag", "kwota vat",
        "moms", "消費税", "税額", "税额", "税费",
    ),
    "freight": (
        "shipping", "freight", "freight value", "postage", "shipping cost", "shipping total", "shipping amount",
        "versand", "versandkosten", "porto", "frais de port", "livraison", "gastos de envio", "envio",
        "coste de envio", "frete", "valor do frete", "spedizione", "spese di spedizione", "verzendkosten",
        "koszt wysylki", "frakt", "送料", "運賃", "运费", "邮费",
    ),
    "status": (
        "state", "status", "order status", "fulfillment status", "bestellstatus", "auftragsstatus", "statut", "etat",
        "estado", "estado del pedido", "situacao", "status do pedido", "stato", "stato ordine", "bestelstatus",
        "status zamowienia", "orderstatus", "状態", "ステータス", "状态", "订单状态",
    ),
    "purchased_at": (
        "ordered on", "order date", "created at", "purchased at", "order purchase timestamp", "invoice date",
        "invoicedate", "purchase date", "placed at", "date", "timestamp", "when", "at", "posted date time",
        "posted date", "date time", "datetime", "transaction date", "transaction timestamp", "sale date",
        "date created", "created", "time", "bestelldatum", "bestellt am", "auftragsdatum", "rechnungsdatum",
        "belegdatum", "datum", "date de commande", "date commande", "date de facture", "fecha de pedido",
        "fecha del pedido", "fecha", "fecha de compra", "data do pedido", "data da compra", "data", "data ordine",
        "besteldatum", "factuurdatum", "data zamowienia", "orderdatum", "bestallningsdatum", "注文日", "注文日時",
        "受注日", "日時", "日付", "下单时间", "订单日期", "日期",
    ),
    "clock": (
        "time", "order time", "uhrzeit", "zeit", "heure", "hora", "ora", "tijd", "godzina", "tid", "時刻", "时间",
    ),
    "zone": (
        "timezone", "time zone", "zeitzone", "fuseau horaire", "zona horaria", "fuso horario", "fuso orario",
        "tijdzone",
    ),
    "paid_at": (
        "paid on", "paid at", "payment date", "date paid", "order approved at", "bezahlt am", "zahlungsdatum",
        "date de paiement", "fecha de pago", "data de pagamento", "data pagamento", "betaald op", "data platnosci",
        "入金日", "支払日", "付款时间",
    ),
    "shipped_at": (
        "sent on", "shipped at", "ship date", "shipped on", "fulfilled at", "dispatched", "versendet am",
        "versanddatum", "date d expedition", "fecha de envio", "data de envio", "data spedizione", "verzonden op",
        "data wysylki", "出荷日", "发货时间",
    ),
    "delivered_at": (
        "done on", "delivered at", "delivery date", "delivered on", "geliefert am", "lieferdatum",
        "date de livraison", "fecha de entrega", "data de entrega", "data consegna", "geleverd op", "data dostawy",
        "配達日", "送达时间",
    ),
    "customer_id": (
        "customer no", "customer id", "customerid", "customer key", "customerkey", "customer number", "client id",
        "user id", "buyer id", "household id", "kundennummer", "kundennr", "kunden nr", "kunde", "numero client",
        "n client", "code client", "client", "id cliente", "numero de cliente", "codigo de cliente", "cliente",
        "codigo do cliente", "codice cliente", "klantnummer", "klant", "numer klienta", "klient", "kundnummer",
        "kund", "顧客番号", "会員番号", "顧客", "客户编号", "会员号", "买家", "email", "customer email", "e mail",
        "customer",
    ),
    "customer_name": (
        "customer name", "billing name", "full name", "buyer name", "customer", "kundenname", "kunde",
        "nom du client", "client", "nombre del cliente", "cliente", "nome do cliente", "nome cliente", "klantnaam",
        "klant", "氏名", "顧客名", "收货人", "姓名",
    ),
    "email": (
        "email", "e mail", "email address", "customer email", "billing email", "from email address", "mail",
        "e mail adresse", "courriel", "adresse e mail", "correo", "correo electronico", "メールアドレス", "メール",
        "邮箱",
    ),
    "city": (
        "city", "billing city", "town", "shipping city", "ort", "stadt", "wohnort", "ville", "ciudad", "cidade",
        "citta", "comune", "plaats", "stad", "miasto", "市区町村", "城市",
    ),
    "region": (
        "region", "billing province", "province", "county", "bundesland", "provincia", "uf", "regione", "provincie",
        "都道府県", "省份", "省",
    ),
    "postal_code": (
        "zip", "postal code", "postcode", "billing zip", "billing postcode", "zip code", "plz", "postleitzahl",
        "code postal", "codigo postal", "cep", "cap", "kod pocztowy", "postnummer", "郵便番号", "邮编",
    ),
    "country": ("country", "billing country", "country code", "land", "pays", "pais", "paese", "kraj", "国", "国家"),
    "method": (
        "paid by", "payment method", "payment type", "gateway", "method", "zahlart", "zahlungsart",
        "zahlungsmethode", "mode de paiement", "moyen de paiement", "forma de pago", "metodo de pago",
        "forma de pagamento", "metodo di pagamento", "pagamento", "betaalmethode", "betaalwijze", "metoda platnosci",
        "platnosc", "betalsatt", "支払方法", "決済方法", "支付方式",
    ),
    "pay_amount": (
        "order total", "gross", "total", "brutto", "brut", "bruto", "lordo", "payment value", "amount",
        "payment amount", "gesamt", "gesamtbetrag", "gesamtsumme", "summe", "bruttobetrag", "montant total",
        "total ttc", "total pedido", "total del pedido", "importe total", "total do pedido", "valor total", "totale",
        "totale ordine", "totaal", "totaalbedrag", "suma", "kwota", "razem", "summa", "totalt", "合計", "合計金額",
        "请求額", "总金额", "实付金额", "合计",
    ),
    "pay_status": (
        "financial status", "payment status", "zahlungsstatus", "bezahlstatus", "statut du paiement",
        "estado del pago", "status do pagamento", "stato pagamento", "betaalstatus", "status platnosci", "入金状況",
        "支付状态",
    ),
    "currency": (
        "currency", "currency code", "wahrung", "devise", "moneda", "moeda", "valuta", "waluta", "通貨", "币种",
    ),
    "updated_at": (
        "last change", "updated at", "last updated", "date modified", "date updated", "modified date", "modified",
        "modified at", "changed", "geandert am", "letzte anderung", "modifie le", "actualizado", "atualizado em",
        "modificato", "gewijzigd op", "更新日時", "更新时间",
    ),
    "kind": (
        "type", "transaction type", "event type", "kind", "typ", "buchungsart", "transaktionstyp", "tipo", "soort",
        "種別", "类型",
    ),
    "amount_kind": ("amount description", "amount type"),
    "transaction": (
        "transaction id", "payment id", "transaction", "charge id", "transaktionscode", "transaktionsnummer",
    ),
    "store": (
        "store", "store id", "storekey", "shop", "branch", "location", "filiale", "laden", "magasin", "tienda",
        "loja", "negozio", "winkel", "filiaal", "sklep", "butik", "店舗", "门店",
    ),
}  # fmt: skip

# The shops' words for ours, without accents and case.
STATUS_WORDS: Mapping[str, tuple[str, ...]] = {
    "created": (
        "open", "new", "created", "placed", "pending", "unpaid", "offen", "neu", "attente", "pendiente", "pendente",
        "aberto", "attesa", "nieuw", "openstaand", "nowe", "未払い", "受付", "注文受付", "待付款",
    ),
    "processing": (
        "packed", "processing", "picking", "unfulfilled", "partial", "bearbeitung", "verpackt", "preparation",
        "preparacion", "preparacao", "separacao", "lavorazione", "behandeling", "realizacji", "準備中", "处理中",
        "待发货",
    ),
    "approved": (
        "paid", "approved", "confirmed", "bezahlt", "bestatigt", "paye", "payee", "pagado", "pago", "pagato",
        "betaald", "oplacone",
    ),
    "shipped": (
        "sent", "shipped", "dispatched", "fulfilled", "versendet", "verschickt", "versandt", "expedie", "expediee",
        "enviado", "spedito", "verzonden", "wyslane", "skickad", "発送済", "出荷", "已发货",
    ),
    "delivered": (
        "done", "delivered", "received", "geliefert", "zugestellt", "livre", "livree", "entregado", "entregue",
        "consegnato", "geleverd", "dostarczone", "levererad", "配達済", "已签收",
    ),
    "completed": (
        "completed", "complete", "closed", "abgeschlossen", "erledigt", "terminee", "termine", "completado",
        "concluido", "completato", "voltooid", "afgerond", "zakonczone", "完了", "已完成",
    ),
    "canceled": (
        "cancelled", "canceled", "void", "voided", "storno", "storniert", "abgebrochen", "annule", "annulee",
        "cancelado", "anulado", "annullato", "geannuleerd", "anulowane", "キャンセル", "取消",
    ),
    "returned": (
        "returned", "refunded", "retourniert", "zuruckgesendet", "retourne", "devuelto", "devolvido", "reso",
        "retour", "zwrot", "返品", "退货",
    ),
}  # fmt: skip
METHOD_WORDS: Mapping[str, tuple[str, ...]] = {
    "paypal": ("paypal",),
    "klarna": ("klarna",),
    "direct_debit": ("lastschrift", "prelevement", "domiciliacion", "incasso"),
    "invoice": ("rechnung", "invoice", "facture", "factuur", "fattura"),
    "cash_on_delivery": (
        "nachnahme", "contrassegno", "contrareembolso", "rembours", "cod", "代金引換", "代引", "货到付款",
    ),
    "bank_transfer": (
        "transfer", "bank", "wire", "sepa", "uberweisung", "vorkasse", "virement", "transferencia", "bonifico",
        "overschrijving", "przelew", "ideal", "sofort", "bacs", "銀行振込", "振込", "银行转账",
    ),
    "credit_card": (
        "card", "credit", "visa", "mastercard", "amex", "stripe", "payments", "kreditkarte", "carte", "tarjeta",
        "cartao", "carta", "creditcard", "karta", "クレジットカード", "信用卡",
    ),
    "debit_card": ("debit", "girocard", "ec", "pin", "bancontact"),
    "voucher": ("voucher", "gift", "gutschein", "bon", "vale", "buono", "cadeaubon"),
    "check": ("check", "cheque", "assegno"),
    "wallet": ("wallet", "支付宝", "微信", "alipay", "wechat"),
    "boleto": ("boleto",),
    "pix": ("pix",),
    "cash": (
        "cash", "bar", "barzahlung", "especes", "efectivo", "dinheiro", "contanti", "contant", "gotowka", "現金",
        "现金",
    ),
}  # fmt: skip
PAYMENT_WORDS: Mapping[str, tuple[str, ...]] = {
    "refunded": (
        "refunded", "refund", "reversal", "chargeback", "erstattet", "ruckzahlung", "ruckerstattung", "rembourse",
        "remboursement", "reembolsado", "reembolso", "rimborsato", "rimborso", "terugbetaald", "返金", "退款",
    ),
    "paid": (
        "paid", "payment", "captured", "succeeded", "completed", "sale", "charge", "bezahlt", "zahlung", "paye",
        "paiement", "pagado", "pago", "pagato", "pagamento", "betaald", "betaling", "oplacone", "verkauf", "入金済",
        "支払済", "已付款",
    ),
    "pending": (
        "pending", "unpaid", "open", "offen", "ausstehend", "attente", "pendiente", "pendente", "attesa",
        "openstaand",
    ),
    "authorized": ("authorized", "authorised", "autorisiert", "autorise", "autorizado", "autorizzato"),
    "failed": (
        "failed", "declined", "fehlgeschlagen", "abgelehnt", "echoue", "refuse", "fallido", "rechazado", "recusado",
        "rifiutato", "mislukt",
    ),
    "voided": ("voided", "void", "expired", "storniert"),
}  # fmt: skip
KNOWN_NAMES = frozenset(name for names in NAMES.values() for name in names)
_WITHOUT = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "º": "", "ª": "", "æ": "ae", "œ": "oe"})
# Of a list of lines within an order, where the names of the order's own columns mean other things.
_OF_ITEMS = {"name": "item name", "total": "line total", "id": "order item id", "total tax": "item tax"}


def plain_name(header: str) -> str:
    """`customer.email` and `Customer_Email` are `customer email`; what stands in brackets says nothing of it."""
    bare = re.sub(r"[(\[].*?[)\]]", "", without_accents(folded(header)))
    words = re.sub(r"[^\w]+|_", " ", bare).strip()
    bare = re.sub(r"^(line items|lines|items) (?=\w)", "", words)
    return bare if bare == words else _OF_ITEMS.get(bare, bare)


def without_accents(text: str) -> str:
    """Letters alone: `Zürich` is `Zurich`, `Größe` is `Grosse`."""
    apart = unicodedata.normalize("NFD", text.translate(_WITHOUT))
    return unicodedata.normalize("NFC", "".join(one for one in apart if not "\u0300" <= one <= "\u036f"))
